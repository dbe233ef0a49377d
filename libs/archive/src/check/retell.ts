import type { EventType, EventValue } from '#domain';
import type { TellingEvent } from '#persistence';

/** What events say of one row. A field that was forgotten is not among them, and so is held against nothing. */
export type ToldFacts = Record<string, unknown>;
/** By the name of the row in its chain. */
export type Retold = Map<string, ToldFacts>;

/** An event as it is retold. */
class Telling {
  readonly actor: string;
  readonly at: string;
  readonly #public: Readonly<Record<string, EventValue>>;
  readonly #committed: Readonly<Record<string, string>>;
  readonly #opened: TellingEvent['opened'];
  readonly #rows: Retold;

  constructor({ leaf, opened }: TellingEvent, rows: Retold) {
    const body = JSON.parse(leaf.toString('utf8'));
    this.actor = body.actor;
    this.at = body.at;
    this.#public = body.public;
    this.#committed = body.committed;
    this.#opened = opened;
    this.#rows = rows;
  }

  get(field: string): EventValue {
    return this.#public[field] ?? null;
  }

  /** Null where it was never said, undefined where it was forgotten. */
  personal(field: string): EventValue | undefined {
    return this.#committed[field] === undefined ? null : this.#opened[field];
  }

  committedFields(): string[] {
    return Object.keys(this.#committed);
  }

  /** Where there is no such row yet it begins with this event. */
  row(kind: string, id: EventValue): ToldFacts {
    const name = `${kind} ${id}`;
    const row = this.#rows.get(name) ?? {};
    this.#rows.set(name, row);
    return row;
  }

  /** The recorder itself, of which there is one in its chain. */
  register(): ToldFacts {
    const row = this.#rows.get('register') ?? {};
    this.#rows.set('register', row);
    return row;
  }

  forget(kind: string, id: EventValue): void {
    this.#rows.delete(`${kind} ${id}`);
  }

  count(kind: string): number {
    return [...this.#rows.keys()].filter((name) => name.startsWith(`${kind} `)).length;
  }
}

type Teller = (told: Telling) => void;

const FORMS: Partial<Record<EventType, Teller>> = {
  'case.form_saved': (told) => {
    const row = told.row('form', told.get('form'));
    for (const key of Object.keys(row)) if (key.startsWith('field_')) delete row[key];
    const said = told.get('values') as Record<string, EventValue>;
    const personal = told.committedFields();
    Object.assign(row, {
      ...{ state: 'draft', revision: told.get('revision'), occurrence: told.get('occurrence') },
      ...{ paper: told.get('paper'), template: told.get('template'), template_version: told.get('template_version') },
      ...{ number: null, issued_by: null, issued_at: null, printed: null },
      ...said,
      ...Object.fromEntries(personal.map((field) => [field, told.personal(field)])),
      filled: [...Object.keys(said), ...personal].sort(),
    });
  },
  'case.form_issued': (told) => {
    const counted = told.get('counted') as Record<string, EventValue> | null;
    Object.assign(told.row('form', told.get('form')), {
      ...{ state: 'issued', number: told.personal('number'), issued_by: told.actor, issued_at: told.at },
      ...{ with_english: told.get('with_english'), counted_unit: counted?.unit ?? null },
      ...{
        counted_series: counted?.series ?? null,
        counted_year: counted?.year ?? null,
        counted_n: counted?.n ?? null,
      },
    });
  },
  'case.form_printed': (told) => void Object.assign(told.row('form', told.get('form')), { printed: told.get('asset') }),
  'case.form_voided': (told) => void Object.assign(told.row('form', told.get('form')), { state: 'voided' }),
  'case.form_compared': (told) =>
    void Object.assign(told.row('comparison', told.get('comparison')), {
      ...{ form: told.get('form'), asset: told.get('asset'), how: told.get('how'), agrees: told.get('agrees') },
      ...{ differing: told.get('differing'), compared: told.get('compared'), read: told.personal('read') },
      ...{ by: told.actor, at: told.at },
    }),
};

const REVIEWS: Partial<Record<EventType, Teller>> = {
  'case.decision_judged': (told) =>
    void Object.assign(told.row('finding', told.get('finding')), {
      ...{ catalogue: told.get('catalogue'), catalogue_version: told.get('catalogue_version') },
      ...{ entries: told.get('entries'), every_decision: told.get('every_decision'), major: told.get('major') },
      ...{ decision: told.get('decision'), judged_by: told.actor, judged_at: told.at },
    }),
  'case.review_submitted': (told) =>
    void Object.assign(told.row('review', told.get('review')), {
      ...{ state: 'open', stage: 0, taken_by: null, outcome: null, ended_at: null, opinion_form: null },
      ...{ occurrence: told.get('occurrence'), n: told.get('n'), policy_version: told.get('policy_version') },
      ...{ stages: told.get('stages'), finding: told.get('finding'), note: told.personal('note') },
      ...{ materials: told.get('materials_digest'), due_at: told.get('due_at'), submission_form: told.get('form') },
      ...{ submitted_by: told.actor, submitted_at: told.at },
    }),
  'case.review_taken': (told) =>
    void Object.assign(told.row('review', told.get('review')), { taken_by: told.actor, stage: told.get('stage') }),
  'case.review_opinion': (told) => {
    const [review, stage] = [told.get('review'), told.get('stage')];
    const certified = told.get('certified') as Record<string, EventValue> | null;
    Object.assign(told.row('opinion', `${review}/${stage}`), {
      ...{ outcome: told.get('outcome'), findings: told.get('findings'), grounds: told.personal('grounds') },
      ...{ text: told.personal('text'), changes: told.personal('changes'), given_by: told.actor, given_at: told.at },
      ...{ certified_from: certified?.from ?? null, certified_to: certified?.to ?? null },
    });
    // To the next stage; where it was the last, the end that follows says so.
    const row = told.row('review', review);
    Object.assign(row, { stage: Number(stage) + 1, taken_by: null, last_taken_by: row.taken_by });
  },
  'case.review_ended': (told) => {
    const row = told.row('review', told.get('review'));
    Object.assign(row, {
      ...{ state: 'ended', outcome: told.get('outcome'), ended_at: told.at, opinion_form: told.get('form') },
      ...{ stage: Number(row.stage) - 1, taken_by: row.last_taken_by },
    });
  },
  'case.review_disputed': (told) => {
    Object.assign(told.row('review', told.get('review')), { state: 'disputed' });
    Object.assign(told.row('dispute', told.get('review')), {
      ...{ reason: told.personal('reason'), raised_by: told.actor, raised_at: told.at },
      ...{ held_on: null, participants: null, result: null, text: null, recorded_by: null, recorded_at: null },
    });
  },
  'case.review_discussed': (told) => {
    Object.assign(told.row('review', told.get('review')), { state: 'ended' });
    Object.assign(told.row('dispute', told.get('review')), {
      ...{ held_on: told.get('held_on'), participants: told.personal('participants'), result: told.get('result') },
      ...{ text: told.personal('text'), recorded_by: told.actor, recorded_at: told.at },
    });
  },
};

/** What opens a gate or moves a clock because somebody asked and another approved. */
const PERMISSIONS: Partial<Record<EventType, Teller>> = {
  'case.excuse_asked': (told) =>
    void Object.assign(told.row('excuse', told.get('excuse')), {
      ...{ occurrence: told.get('occurrence'), paper: told.get('paper'), kind: told.get('kind'), ...asked(told) },
    }),
  'case.excuse_decided': (told) => void Object.assign(told.row('excuse', told.get('excuse')), decided(told)),
  'case.extension_asked': (told) =>
    void Object.assign(told.row('extension', told.get('extension')), {
      ...{ limit: told.get('limit'), occurrence: told.get('occurrence'), ...asked(told) },
    }),
  'case.extension_decided': (told) => void Object.assign(told.row('extension', told.get('extension')), decided(told)),
};

function asked(told: Telling): ToldFacts {
  return {
    ...{ reason: told.personal('reason'), asked_by: told.actor, asked_at: told.at },
    ...{ approved: null, decided_by: null, decided_at: null, decision_reason: null },
  };
}

function decided(told: Telling): ToldFacts {
  return {
    ...{ approved: told.get('approved'), decided_by: told.actor, decided_at: told.at },
    decision_reason: told.personal('reason'),
  };
}

const FACTS: Partial<Record<EventType, Teller>> = {
  'case.people_set': tellPeople,
  'case.step_changed': tellPeople,
  'case.gap_explained': (told) =>
    void Object.assign(told.row('explanation', told.get('explanation')), {
      ...{ occurrence: told.get('occurrence'), after: told.get('after'), before: told.get('before') },
      ...{ start_at: told.get('start_at'), end_at: told.get('end_at'), text: told.personal('text') },
      ...{ explained_by: told.actor, explained_at: told.at },
    }),
  'case.condition_stated': (told) =>
    void Object.assign(told.row('statement', told.count('statement') + 1), {
      ...{ condition: told.get('condition'), occurrence: told.get('occurrence'), holds: told.get('holds') },
      ...{ since: told.get('since'), stated_by: told.actor, stated_at: told.at },
    }),
  'account.certificate_kept': (told) =>
    void Object.assign(told.row('certificate', told.get('certificate')), {
      ...{ kind: told.get('kind'), number: told.personal('number'), valid_from: told.get('valid_from') },
      ...{ valid_to: told.get('valid_to'), withdrawn_at: null },
    }),
  'account.certificate_withdrawn': (told) =>
    void Object.assign(told.row('certificate', told.get('certificate')), { withdrawn_at: told.at }),
};

/** Who takes part: the last word counts; nobody named leaves no row. */
function tellPeople(told: Telling): void {
  const people = told.get('people') as Record<string, string>[] | null;
  if (people === null) return;
  const named = [...new Set(people.map(({ account, role }) => `${account} ${role}`))].sort();
  if (named.length === 0) told.forget('people', told.get('occurrence'));
  else Object.assign(told.row('people', told.get('occurrence')), { named });
}

const ASSETS: Partial<Record<EventType, Teller>> = {
  'asset.marked': (told) =>
    void Object.assign(told.row('mark', `${told.get('mark')}/${told.get('version')}`), {
      ...{ kind: told.get('kind'), range: told.get('range'), page: told.get('page'), reason: told.get('reason') },
      ...{ withdrawn: told.get('withdrawn'), text: told.personal('text'), author: told.actor, at: told.at },
    }),
  'asset.transcribed': (told) =>
    void Object.assign(told.row('transcript', told.get('transcript')), {
      ...{ made_by: told.get('made_by'), maker: told.personal('maker'), text_asset: told.get('text_asset') },
      ...{ text: told.personal('text'), attached_by: told.actor, attached_at: told.at },
    }),
};

/** Rules are files: which, in which order, is of no account, and a digest names all that is in one. */
const RULES: Partial<Record<EventType, Teller>> = {
  'system.rules_kept': (told) => {
    const kind = told.get('kind') as string;
    for (const rule of told.get('rules') as Record<string, EventValue>[]) {
      const name = kind === 'calendar' ? told.count('rule calendar') + 1 : `${rule.id}/${rule.version}`;
      Object.assign(told.row('rule', `${kind} ${name}`), { sha256: rule.sha256 });
    }
  },
  'system.limit_set': (told) => {
    const name = `${told.get('procedure')}/${told.get('limit')}`;
    const length = told.get('length');
    if (length === null) told.forget('limit', name);
    else Object.assign(told.row('limit', name), { length, set_by: told.actor, set_at: told.at });
  },
  'system.review_policy_set': (told) =>
    void Object.assign(told.row('policy', told.get('version')), {
      ...{ every_decision: told.get('every_decision'), levels: told.get('levels'), limit: told.get('limit') },
      ...{ set_by: told.actor, set_at: told.at },
    }),
  'system.agency_word_set': (told) =>
    void Object.assign(told.row('word', told.get('unit')), { word: told.get('word') }),
};

const RECORDERS: Partial<Record<EventType, Teller>> = {
  'recorder.added': (told) =>
    void Object.assign(told.register(), {
      ...{ kind: told.get('kind'), unit: told.get('unit'), serial: told.personal('serial') },
      ...{ maker: told.personal('maker'), model: told.personal('model'), state: 'in-use', added_at: told.at },
    }),
  'recorder.changed': (told) =>
    void Object.assign(told.register(), {
      ...{ state: told.get('state'), maker: told.personal('maker'), model: told.personal('model') },
    }),
  'recorder.checked': (told) => {
    Object.assign(told.register(), { state: told.get('state') });
    Object.assign(told.row('check', told.get('check')), {
      ...{ kind: told.get('kind'), passed: told.get('passed'), findings: told.personal('findings') },
      ...{ checked_by: told.actor, at: told.at },
    });
  },
  'recorder.issued': (told) =>
    void Object.assign(told.row('issue', told.get('issue')), {
      ...{ account: told.get('account'), officer_number: told.personal('officer_number') },
      ...{ issued_at: told.get('issued_at'), issued_by: told.actor, returned_at: null, returned_by: null, note: null },
    }),
  'recorder.returned': (told) =>
    void Object.assign(told.row('issue', told.get('issue')), {
      ...{ returned_at: told.get('returned_at'), returned_by: told.actor, note: told.personal('note') },
    }),
  'recorder.clock_measured': (told) =>
    void Object.assign(told.row('measurement', told.get('measurement')), {
      ...{ at: told.get('at'), device_at: told.get('device_at'), source: told.get('source') },
      ...{ was_set: told.get('was_set'), asset: told.get('asset'), position_ms: told.get('position_ms') },
      ...{ measured_by: told.actor, recorded_at: told.at },
    }),
  'recorder.list_imported': (told) =>
    void Object.assign(told.row('list', told.get('list')), {
      ...{ digest: told.get('digest'), size_bytes: told.get('size_bytes'), format: told.get('format') },
      ...{ encoding: told.get('encoding'), entries: told.get('entries'), file_name: told.personal('file_name') },
      ...{ imported_by: told.actor, imported_at: told.at },
    }),
};

const TELLERS: Partial<Record<EventType, Teller>> = {
  ...{ ...FORMS, ...REVIEWS, ...PERMISSIONS, ...FACTS },
  ...{ ...ASSETS, ...RULES, ...RECORDERS },
};
export const TELLING_TYPES = Object.keys(TELLERS) as EventType[];

/** Rows as they must be by the events of one chain, in its order. */
export function retell(events: readonly TellingEvent[]): Retold {
  const rows: Retold = new Map();
  for (const event of events) TELLERS[event.type]?.(new Telling(event, rows));
  return rows;
}
