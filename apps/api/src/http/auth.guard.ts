import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Archive } from '#archive';
import { ArchiveError, isStation } from '#domain';
import { endpointOf, isOpen } from './endpoint.js';
import { ARCHIVE, HTTP_CONFIG, type HttpConfig } from './http-config.js';
import { authenticate, contextOf } from './request-context.js';

/** Deny by default: a handler without an endpoint, or an endpoint not marked open, needs a session. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(ARCHIVE) private readonly archive: Archive,
    @Inject(HTTP_CONFIG) private readonly config: HttpConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = endpointOf(context.getHandler());
    if (isOpen(context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const signedIn = await authenticate(request, this.archive, this.config);
    if (signedIn.account.mustChangePassword && !endpoint?.allowsOneTimePassword) {
      throw new ArchiveError('password-must-change', 'one-time password not changed yet');
    }
    if (isStation(signedIn.account.roles) && !endpoint?.allowsStation)
      throw new ArchiveError('forbidden', 'closed to stations');
    contextOf(request).signedIn = signedIn;
    return true;
  }
}
