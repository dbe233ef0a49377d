import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule, RouterModule } from '@nestjs/core';
import type { Archive, Log } from '#archive';
import { AssetsController } from './assets/assets.controller.js';
import { CasesController } from './cases/cases.controller.js';
import { ExportsController } from './exports/exports.controller.js';
import { FormsController } from './forms/forms.controller.js';
import { AuthGuard } from './http/auth.guard.js';
import { ARCHIVE, HTTP_CONFIG, type HttpConfig, LOG } from './http/http-config.js';
import { ProblemFilter } from './http/problem.filter.js';
import { LawController } from './law/law.controller.js';
import { RecordingListsController } from './law/recording-lists.controller.js';
import { RulesController } from './law/rules.controller.js';
import { EventsController } from './ledger/events.controller.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { LogController } from './ledger/log.controller.js';
import { MarksController } from './marks/marks.controller.js';
import { PeopleController } from './people/people.controller.js';
import { RecordersController } from './recorders/recorders.controller.js';
import { SortingController } from './recorders/sorting.controller.js';
import { ReviewsController } from './reviews/reviews.controller.js';
import { Metrics } from './system/metrics.js';
import { ProbeController, SystemController } from './system/system.controller.js';
import { UploadsController } from './uploads/uploads.controller.js';

@Module({
  controllers: [
    PeopleController,
    CasesController,
    AssetsController,
    EventsController,
    ExportsController,
    FormsController,
    LawController,
    LedgerController,
    MarksController,
    ReviewsController,
    RecordingListsController,
    RulesController,
    UploadsController,
    SystemController,
    RecordersController,
    SortingController,
  ],
})
class ApiModule {}

/** Wires the controllers to one archive. The archive itself is opened in main.ts, which also closes it. */
@Module({})
export class AppModule {
  static over(parts: { archive: Archive; http: HttpConfig; log: Log; metrics: Metrics }): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [DiscoveryModule, ApiModule, RouterModule.register([{ path: 'api/v1', module: ApiModule }])],
      controllers: [ProbeController, LogController],
      providers: [
        { provide: ARCHIVE, useValue: parts.archive },
        { provide: HTTP_CONFIG, useValue: parts.http },
        { provide: LOG, useValue: parts.log },
        { provide: Metrics, useValue: parts.metrics },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [ARCHIVE, HTTP_CONFIG, LOG, Metrics],
    };
  }
}
