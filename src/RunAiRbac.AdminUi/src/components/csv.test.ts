import { describe, expect, it } from 'vitest';
import { collect, csvCell, toCsv } from './csv';

describe('csv', () => {
  it('quotes what needs quotes', () => expect(toCsv(['a'], [['x,"y"'], ['two\nlines'], [null]])).toBe('a\r\n"x,""y"""\r\n"two\nlines"\r\n\r\n'));
  it.each(['=1+1', '+1', '-1', '@x'])('keeps a spreadsheet from computing %s', (text) => expect(csvCell(text)).toBe("'" + text));
  it('collects page by page to the end', async () => {
    const offsets: number[] = [];
    const { rows, cut } = await collect((limit, offset) => {
      offsets.push(offset);
      return Promise.resolve(Array.from({ length: Math.max(0, Math.min(limit, 1200 - offset)) }, (_, i) => offset + i));
    });
    expect(rows).toHaveLength(1200);
    expect(offsets).toEqual([0, 500, 1000, 1500]);
    expect(cut).toBe(false);
  });
  it('goes on after a page of which rows were left out', async () => {
    const { rows } = await collect((_, offset) => Promise.resolve(offset === 0 ? ['a'] : offset === 500 ? ['b'] : []));
    expect(rows).toEqual(['a', 'b']);
  });
  it('says that it left out what was too much', async () => {
    const { rows, cut } = await collect((limit, offset) => Promise.resolve(Array.from({ length: Math.max(0, Math.min(limit, 20_001 - offset)) })));
    expect([rows.length, cut]).toEqual([20_000, true]);
    const all = await collect((limit, offset) => Promise.resolve(Array.from({ length: Math.max(0, Math.min(limit, 20_000 - offset)) })));
    expect([all.rows.length, all.cut]).toEqual([20_000, false]);
  });
});
