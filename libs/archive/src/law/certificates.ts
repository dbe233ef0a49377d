import {
  type Actor,
  ArchiveError,
  type CertificateKind,
  type Id,
  isArchiveError,
  type LocalDate,
  may,
  newId,
} from '#domain';
import { accountRepository, type CertificateRecord, caseLineRepository, certificateRepository } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, by } from '../ledger/append-events.js';

type Needs = Pick<ArchiveParts, 'database' | 'clock'>;

export interface CertificatePlan {
  readonly accountId: Id;
  readonly kind: CertificateKind;
  readonly number: string;
  /** Both days count. */
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate;
}

export type CertificateLine = CertificateRecord & { readonly accountName: string; readonly unitName: string };

/** Records somebody's certificate; a renewed one is one more. */
export class KeepCertificate {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden`, `not-found` (account), `invalid-input` (ends before it begins), `conflict` (number taken) */
  async run(actor: Actor, plan: CertificatePlan): Promise<Id> {
    requireKeeper(actor);
    if (plan.validTo < plan.validFrom)
      throw new ArchiveError('invalid-input', 'it ends before it begins', { details: { problems: ['validTo'] } });
    const at = this.#parts.clock.now();
    const id = newId(at.getTime());
    const keeping = this.#parts.database.transaction(async (tx) => {
      if ((await accountRepository.find(tx, plan.accountId)) === null)
        throw new ArchiveError('not-found', `no account ${plan.accountId}`);
      await certificateRepository.add(tx, { id, ...plan });
      await appendEvents(tx, by(actor, at), [
        {
          type: 'account.certificate_kept',
          chain: `account:${plan.accountId}`,
          public: { certificate: id, kind: plan.kind, valid_from: plan.validFrom, valid_to: plan.validTo },
          personal: { number: plan.number },
        },
      ]);
      await caseLineRepository.owe(tx, { accountId: plan.accountId }, at);
    });
    await keeping.catch((error: unknown) => {
      throw isArchiveError(error, 'conflict')
        ? new ArchiveError('conflict', 'there is a certificate of that number', { details: { problems: ['number'] } })
        : error;
    });
    return id;
  }
}

/** Withdraws a certificate: it held until the day before. */
export class WithdrawCertificate {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `forbidden`, `not-found`, `precondition-failed` (withdrawn before) */
  async run(actor: Actor, id: Id, { reason }: { readonly reason: string }): Promise<void> {
    requireKeeper(actor);
    const at = this.#parts.clock.now();
    await this.#parts.database.transaction(async (tx) => {
      const found = await certificateRepository.lock(tx, id);
      if (found === null) throw new ArchiveError('not-found', `no certificate ${id}`);
      if (found.withdrawnAt !== null) throw new ArchiveError('precondition-failed', 'it was withdrawn before');
      await certificateRepository.withdraw(tx, id, at);
      await appendEvents(tx, by(actor, at), [
        {
          type: 'account.certificate_withdrawn',
          chain: `account:${found.accountId}`,
          public: { certificate: id, kind: found.kind },
          personal: { reason },
        },
      ]);
      await caseLineRepository.owe(tx, { accountId: found.accountId }, at);
    });
  }
}

export class ListCertificates {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** All for an administrator; for others their own. @throws ArchiveError `forbidden` */
  async run(actor: Actor, { accountId }: { readonly accountId: Id | null }): Promise<CertificateLine[]> {
    if (!may(actor, 'accounts.manage') && accountId !== actor.accountId)
      throw new ArchiveError('forbidden', 'not an administrator');
    return await certificateRepository.list(this.#parts.database.reader, accountId);
  }
}

function requireKeeper(actor: Actor): void {
  if (!may(actor, 'accounts.manage')) throw new ArchiveError('forbidden', 'not an administrator');
}
