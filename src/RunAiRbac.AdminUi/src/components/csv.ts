/** A cell that a spreadsheet must not take for a formula, quoted where needed (RFC 4180). */
export function csvCell(value: unknown): string {
  let text = value === null || value === undefined ? '' : String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const toCsv = (header: string[], rows: unknown[][]) => [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';

export const mostRows = 20_000;
const step = 500;

/** All rows, page by page as the API gives them, at most {@link mostRows}; `cut` says that there are more. A page may hold fewer than asked for and not be the last. */
export async function collect<T>(read: (limit: number, offset: number) => Promise<T[]>): Promise<{ rows: T[]; cut: boolean }> {
  const rows: T[] = [];
  for (let offset = 0; ; offset += step) {
    const page = await read(step, offset);
    if (page.length === 0) return { rows, cut: false };
    if (offset >= mostRows) return { rows, cut: true };
    rows.push(...page);
  }
}

export function download(name: string, text: string, type = 'text/csv;charset=utf-8') {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
