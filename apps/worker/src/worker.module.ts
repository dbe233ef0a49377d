import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { Archive, DrawForm, DrawLists, OpenedArchive, OpenedLogKeeper } from '#archive';
import { createJobRunner, type JobRunner, type QueueConfig } from '#jobs';
import {
  createSandbox,
  drawForm,
  drawLists,
  findListFonts,
  probeSandbox,
  type Sandbox,
  type SandboxMode,
} from '#media';
import { makeHandlers } from './handlers.js';
import type { WorkerMetrics } from './metrics.js';

export interface WorkerParts {
  readonly opened: OpenedArchive;
  /** Null: this worker leaves the log to others. */
  readonly logKeeper: OpenedLogKeeper | null;
  readonly queue: QueueConfig;
  readonly concurrency: Readonly<
    Record<'custody' | 'look' | 'segments' | 'proxy' | 'watch' | 'replica' | 'upkeep', number>
  >;
  readonly sandbox: SandboxMode;
  readonly scratchDir: string;
  readonly stopGraceMs: number;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
}

/** What draws PDFs; null without fonts to embed. */
interface Drawing {
  readonly drawLists: DrawLists | null;
  readonly drawForm: DrawForm | null;
}

const PARTS = Symbol('WORKER_PARTS');

/** The worker is the archive without its HTTP side: jobs come in, use cases run. */
@Module({})
export class WorkerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #parts: WorkerParts;
  #runner: JobRunner | null = null;
  #sandbox: Promise<Sandbox> | null = null;

  constructor(@Inject(PARTS) parts: WorkerParts) {
    this.#parts = parts;
  }

  static over(parts: WorkerParts): DynamicModule {
    return { module: WorkerModule, providers: [{ provide: PARTS, useValue: parts }] };
  }

  async onApplicationBootstrap(): Promise<void> {
    const { opened, logKeeper, queue, concurrency, metrics, log } = this.#parts;
    logKeeper?.keeper.start();
    await this.#reportSandbox(opened.archive);
    await this.#testLock(opened.archive);
    const { settings, replica } = opened.parts;
    const { watchBytesPerSecond } = settings;
    const handlers = makeHandlers({
      archive: opened.archive,
      sandbox: () => this.#openSandbox(),
      ...(await this.#openDrawing()),
      watchBytesPerSecond,
      replicaBytesPerSecond: replica?.settings.bytesPerSecond ?? watchBytesPerSecond,
    });
    this.#runner = createJobRunner(queue, handlers, { log, concurrency, hooks: metrics.hooks });
    await this.#runner.start();
    log.info({ concurrency }, 'worker takes jobs');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#runner?.stop(this.#parts.stopGraceMs);
    await this.#parts.logKeeper?.close();
    await this.#parts.opened.close();
  }

  /** Before the first job. A store that is away is tested before the first seal. */
  async #testLock(archive: Archive): Promise<void> {
    const { log } = this.#parts;
    try {
      const use = await archive.system.lockProof.require();
      if (use === 'failed')
        log.error({}, 'originals are sealed on a store that does not hold its locks: LIUHEN_S3_UNLOCKED_ALLOWED');
    } catch (error) {
      log.error({ err: error }, 'no proof that the store holds its locks: nothing is sealed until there is');
    }
  }

  /** Evidence is given out all the same: without its lists a dossier proves what it proves. */
  async #openDrawing(): Promise<Drawing> {
    const fonts = await findListFonts();
    if (fonts !== null)
      return {
        drawLists: (contents) => drawLists(contents, fonts),
        drawForm: (sheet) => drawForm(sheet, fonts),
      };
    this.#parts.log.error(
      {},
      'no Noto CJK fonts: dossiers are made without 卷内目录 and 录音录像清单, forms are not printed; install fonts-noto-cjk and start again',
    );
    return { drawLists: null, drawForm: null };
  }

  /** Made once, when first needed; a failure is tried again by the next job. */
  #openSandbox(): Promise<Sandbox> {
    this.#sandbox ??= createSandbox(this.#parts.sandbox, { scratchDir: this.#parts.scratchDir }).catch(
      (error: unknown) => {
        this.#sandbox = null;
        throw error;
      },
    );
    return this.#sandbox;
  }

  async #reportSandbox(archive: Archive): Promise<void> {
    const { log, sandbox: mode } = this.#parts;
    try {
      const { runs, networkAbsent, otherFilesInvisible, versions } = await probeSandbox(await this.#openSandbox());
      const promises = { runs, networkAbsent, otherFilesInvisible };
      const isTight = runs && networkAbsent && otherFilesInvisible;
      if (!isTight && mode === 'full') log.error({ promises }, 'the sandbox does not hold what it promises');
      await archive.system.recordSandbox.run({ mode, promises, versions, problem: null });
    } catch (error) {
      log.error({ err: error }, 'no sandbox: media jobs are refused until there is one');
      await archive.system.recordSandbox.run({
        mode: 'none',
        promises: null,
        versions: {},
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
