import type { EntityTarget } from 'typeorm';
import type { Tx } from './database.js';

/**
 * Rows of a table, as its row class describes them, in one plain statement. For lists: TypeORM's query builder and
 * hydration cost several times what PostgreSQL takes to find fifty wide rows. Columns marked `select: false` stay out.
 * @param condition SQL of our own code over the row `r`
 */
export async function readRows<R extends object>(
  tx: Tx,
  row: EntityTarget<R>,
  condition: string,
  values: readonly unknown[],
): Promise<R[]> {
  const { select, translated } = readingOf(tx, row);
  const rows: R[] = await tx.query(`${select} WHERE ${condition}`, [...values]);
  for (const found of rows) for (const translate of translated) translate(found);
  return rows;
}

interface Reading {
  readonly select: string;
  /** Columns whose values TypeORM would pass through a transformer. */
  readonly translated: readonly ((row: object) => void)[];
}

const known = new WeakMap<object, Reading>();

function readingOf<R extends object>(tx: Tx, row: EntityTarget<R>): Reading {
  const metadata = tx.connection.getMetadata(row);
  const reading = known.get(metadata);
  if (reading) return reading;
  const columns = metadata.columns.filter((column) => column.isSelect);
  const named = columns.map((column) => `r."${column.databaseName}" AS "${column.propertyName}"`);
  const translated = columns.flatMap(({ propertyName, transformer }) => {
    if (transformer === undefined || Array.isArray(transformer)) return [];
    return (found: object) => Reflect.set(found, propertyName, transformer.from(Reflect.get(found, propertyName)));
  });
  const made = { select: `SELECT ${named.join(', ')} FROM "${metadata.tableName}" r`, translated };
  known.set(metadata, made);
  return made;
}
