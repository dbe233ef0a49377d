import type { CertificateKind, Id, LocalDate } from '#domain';
import type { Tx } from '../database.js';

export interface CertificateRecord {
  readonly id: Id;
  readonly accountId: Id;
  readonly kind: CertificateKind;
  readonly number: string;
  /** Both days count. */
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate;
  readonly withdrawnAt: Date | null;
}

const COLUMNS = `c.id, c.account_id AS "accountId", c.kind, c.number, c.valid_from::text AS "validFrom",
  c.valid_to::text AS "validTo", c.withdrawn_at AS "withdrawnAt"`;

export const certificateRepository = {
  async add(tx: Tx, certificate: Omit<CertificateRecord, 'withdrawnAt'>): Promise<void> {
    const { id, accountId, kind, number, validFrom, validTo } = certificate;
    await tx.query(
      `INSERT INTO certificates (id, account_id, kind, number, valid_from, valid_to) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, accountId, kind, number, validFrom, validTo],
    );
  },

  /** Held until the transaction ends. */
  async lock(tx: Tx, id: Id): Promise<CertificateRecord | null> {
    const rows: CertificateRecord[] = await tx.query(
      `SELECT ${COLUMNS} FROM certificates c WHERE c.id = $1 FOR UPDATE`,
      [id],
    );
    return rows[0] ?? null;
  },

  async withdraw(tx: Tx, id: Id, at: Date): Promise<void> {
    await tx.query('UPDATE certificates SET withdrawn_at = $2 WHERE id = $1', [id, at]);
  },

  /** By name of who holds them, newest first. @param accountId null: of all */
  async list(
    tx: Tx,
    accountId: Id | null,
  ): Promise<(CertificateRecord & { readonly accountName: string; readonly unitName: string })[]> {
    return await tx.query(
      `SELECT ${COLUMNS}, a.name AS "accountName", u.name AS "unitName" FROM certificates c
       JOIN accounts a ON a.id = c.account_id JOIN units u ON u.id = a.unit_id
       WHERE $1::uuid IS NULL OR c.account_id = $1 ORDER BY a.name, a.id, c.valid_to DESC, c.id`,
      [accountId],
    );
  },
};
