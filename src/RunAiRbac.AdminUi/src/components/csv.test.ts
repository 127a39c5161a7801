import { describe, expect, it } from 'vitest';
import { collect, csvCell, toCsv } from './csv';

describe('csv', () => {
  it('quotes what needs quotes', () => expect(toCsv(['a'], [['x,"y"'], ['two\nlines'], [null]])).toBe('a\r\n"x,""y"""\r\n"two\nlines"\r\n\r\n'));
  it.each(['=1+1', '+1', '-1', '@x'])('keeps a spreadsheet from computing %s', (text) => expect(csvCell(text)).toBe("'" + text));
  it('collects page by page to the end', async () => {
    const offsets: number[] = [];
    const rows = await collect((limit, offset) => {
      offsets.push(offset);
      return Promise.resolve(Array.from({ length: Math.min(limit, 1200 - offset) }, (_, i) => offset + i));
    });
    expect(rows).toHaveLength(1200);
    expect(offsets).toEqual([0, 500, 1000]);
  });
});
