import { pad, widthOf } from './width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Columns of the terminal at most. */
  readonly max?: number;
}

/** Lines of a table whose columns are as wide as what is in them. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) =>
    Math.min(column.max ?? 60, Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[i] ?? '')))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => pad(cells[i] ?? '', widths[i] ?? 0, column.align))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [line(columns.map((column) => column.title)), rule, ...rows.map(line)];
}
