import { Controller, Inject } from '@nestjs/common';
import type { Archive, LedgerState } from '#archive';
import { type Ledger, type LedgerKeys, ledgerKeysSchema, ledgerSchema } from '#contract';
import type { Actor } from '#domain';
import { By, Endpoint } from '../http/endpoint.js';
import { ARCHIVE } from '../http/http-config.js';

/** The state of the log, for who watches over it. The log itself is public: see LogController. */
@Controller()
export class LedgerController {
  constructor(@Inject(ARCHIVE) private readonly archive: Archive) {}

  @Endpoint({ method: 'GET', path: 'ledger', summary: '存证日志状态 State of the ledger', response: ledgerSchema })
  async describe(@By() actor: Actor): Promise<Ledger> {
    return toLedger(await this.archive.ledger.describe.run(actor));
  }

  /** Open, as the log is: whoever was handed a receipt checks it without an account. */
  @Endpoint({
    method: 'GET',
    path: 'ledger/keys',
    summary: '存证日志的核验公钥 Keys the ledger is verified with',
    response: ledgerKeysSchema,
    isOpen: true,
  })
  async keys(): Promise<LedgerKeys> {
    return await this.archive.ledger.keys.run();
  }
}

function toLedger(state: LedgerState): Ledger {
  return {
    ...state,
    frozen: state.frozen && {
      reason: state.frozen.reason as NonNullable<Ledger['frozen']>['reason'],
      since: state.frozen.since.toISOString(),
    },
    signed: state.signed && { size: state.signed.size, at: state.signed.at.toISOString() },
    vaulted: { size: state.vaulted.size, at: state.vaulted.at?.toISOString() ?? null },
    witnesses: state.witnesses.map(({ name, vkey, size, answeredAt, refusal, refusedAt }) => ({
      ...{ name, vkey, size, refusal },
      answeredAt: answeredAt?.toISOString() ?? null,
      refusedAt: refusedAt?.toISOString() ?? null,
    })),
    anchored: state.anchored && { size: state.anchored.size, at: state.anchored.at.toISOString() },
    timestamp: state.timestamp && { ...state.timestamp, at: state.timestamp.at.toISOString() },
    watch: state.watch && { ...state.watch, findings: [...state.watch.findings] },
  };
}
