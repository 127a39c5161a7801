/** A cell that a spreadsheet must not take for a formula, quoted where needed (RFC 4180). */
export function csvCell(value: unknown): string {
  let text = value === null || value === undefined ? '' : String(value);
  if (/^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const toCsv = (header: string[], rows: unknown[][]) => [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';

const most = 20_000;
const step = 500;

/** All rows, page by page as the API gives them, at most 20,000. */
export async function collect<T>(read: (limit: number, offset: number) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = [];
  while (rows.length < most) {
    const page = await read(step, rows.length);
    rows.push(...page);
    if (page.length < step) break;
  }
  return rows.slice(0, most);
}

export function download(name: string, text: string, type = 'text/csv;charset=utf-8') {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
