import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Archive } from '#archive';
import { ArchiveError, may } from '#domain';
import { Open } from '../http/endpoint.js';
import { ARCHIVE, HTTP_CONFIG, type HttpConfig } from '../http/http-config.js';
import { authenticate } from '../http/request-context.js';

/** A full tile never changes; a partial one is another path when it grows (C2SP tlog-tiles). */
const FOR_EVER = 'public, max-age=31536000, immutable';
const LEAF_HASH = /^[0-9a-f]{64}$/;

/**
 * The public log, as C2SP tlog-tiles says: below /log and without sessions, so that anyone can watch, mirror and check
 * it. Only entries need the audit right: they are pseudonymous, and still say who did what when.
 */
@Controller('log')
export class LogController {
  constructor(
    @Inject(ARCHIVE) private readonly archive: Archive,
    @Inject(HTTP_CONFIG) private readonly config: HttpConfig,
  ) {}

  @Get('checkpoint')
  @Open()
  async checkpoint(@Res() response: Response): Promise<void> {
    const note = await this.archive.ledger.log.checkpoint();
    response.setHeader('Cache-Control', 'no-cache');
    response.type('text/plain; charset=utf-8').send(note);
  }

  @Get('tile/*path')
  @Open()
  async tile(@Req() request: Request, @Res() response: Response): Promise<void> {
    const place = this.archive.ledger.log.placeOf(request.path.slice('/log/'.length));
    const isEntries = place.level === 'entries';
    if (isEntries) await this.#requireAuditor(request);
    const bytes = await this.archive.ledger.log.bytes(place);
    response.setHeader('Cache-Control', isEntries ? 'private, max-age=31536000, immutable' : FOR_EVER);
    response.type('application/octet-stream').send(bytes);
  }

  /** Whoever holds a receipt holds the leaf hash: that is enough to be told the place. */
  @Get('proof/:leaf')
  @Open()
  async proof(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { leaf } = request.params;
    if (typeof leaf !== 'string' || !LEAF_HASH.test(leaf)) throw new ArchiveError('not-found', 'not a leaf hash');
    const { proof } = await this.archive.ledger.log.prove({ leafHash: Buffer.from(leaf, 'hex') });
    response.setHeader('Cache-Control', 'no-cache');
    response.type('text/plain; charset=utf-8').send(proof);
  }

  async #requireAuditor(request: Request): Promise<void> {
    const { actor } = await authenticate(request, this.archive, this.config);
    if (!may(actor, 'ledger.audit')) throw new ArchiveError('not-found', 'entries are for auditors');
  }
}
