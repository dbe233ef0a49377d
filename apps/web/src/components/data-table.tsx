import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage } from '../i18n/language.js';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly render: (row: T) => ReactNode;
  /** CSS width of the column on wide screens. */
  readonly width?: string;
  /** Narrow screens show rows as cards; the first column is the card's head, these follow without a label. */
  readonly bare?: boolean;
}

interface Props<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly loading: boolean;
}

/** A real table on wide screens, the same rows as cards on narrow ones. */
export function DataTable<T>({ caption, columns, rows, rowKey, loading }: Props<T>) {
  return (
    <div className="lh-table-frame">
      <table className="lh-table" aria-busy={loading}>
        <caption className="lh-hidden">{caption}</caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={column.width ? { width: column.width } : {}} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} data-label={column.bare ? undefined : column.title}>
                  <div>{column.render(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {loading && rows.length === 0 && (
        <div className="lh-table-skeleton">
          <Skeleton active title={false} paragraph={{ rows: 6, width: '100%' }} />
        </div>
      )}
    </div>
  );
}

interface MoreProps {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

export function LoadMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: MoreProps) {
  const { t } = useLanguage();
  if (!hasNextPage) return null;
  return (
    <div className="lh-more">
      <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t.app.more}
      </Button>
    </div>
  );
}
