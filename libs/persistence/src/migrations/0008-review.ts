import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Legal review: what the agency has set, what its catalogue found, each submission with what was said of it at every
 * level, and the discussion a disagreement went up to. Marks on material, and transcripts of what is said in it.
 */
export class Review1760000000008 implements MigrationInterface {
  readonly name = 'Review1760000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...RULES, ...REVIEWS, ...MARKS, ...GRANTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE transcripts, marks, review_disputes, review_opinions, reviews, decision_findings, review_policies, catalogues`,
    );
  }
}

const RULES = [
  `CREATE TABLE catalogues (
    id text NOT NULL,
    version integer NOT NULL,
    file text NOT NULL,
    body jsonb NOT NULL,
    sha256 text NOT NULL,
    kept_at timestamptz NOT NULL,
    kept_by uuid REFERENCES accounts (id),
    PRIMARY KEY (id, version)
  )`,
  // The newest is in force; a review goes by the one that was when it was submitted.
  `CREATE TABLE review_policies (
    version integer PRIMARY KEY,
    body jsonb NOT NULL,
    set_by uuid NOT NULL REFERENCES accounts (id),
    set_at timestamptz NOT NULL
  )`,
  `CREATE TABLE decision_findings (
    id uuid PRIMARY KEY,
    n bigint GENERATED ALWAYS AS IDENTITY,
    case_id uuid NOT NULL REFERENCES cases (id),
    description jsonb NOT NULL,
    catalogue_id text NOT NULL,
    catalogue_version integer NOT NULL,
    entries jsonb NOT NULL,
    is_every boolean NOT NULL,
    is_major boolean NOT NULL,
    judged_by uuid NOT NULL REFERENCES accounts (id),
    judged_at timestamptz NOT NULL,
    FOREIGN KEY (catalogue_id, catalogue_version) REFERENCES catalogues (id, version)
  )`,
  `CREATE INDEX decision_findings_of_case ON decision_findings (case_id, n DESC)`,
];

const REVIEWS = [
  `CREATE TABLE reviews (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    occurrence_id uuid NOT NULL REFERENCES step_occurrences (id),
    n integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'ended', 'disputed')),
    policy_version integer NOT NULL,
    stages jsonb NOT NULL,
    stage integer NOT NULL DEFAULT 0,
    finding_id uuid REFERENCES decision_findings (id),
    note text,
    materials jsonb NOT NULL,
    submitted_by uuid NOT NULL REFERENCES accounts (id),
    submitted_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    last_day date,
    taken_by uuid REFERENCES accounts (id),
    outcome text CHECK (outcome IN ('passed', 'passed-with-changes', 'returned')),
    ended_at timestamptz,
    UNIQUE (occurrence_id, n),
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK ((outcome IS NULL) = (state = 'open')),
    CHECK (state <> 'disputed' OR outcome = 'returned')
  )`,
  // One at a time: what is being reviewed or discussed is not submitted again beside it.
  `CREATE UNIQUE INDEX reviews_going_on ON reviews (occurrence_id) WHERE state <> 'ended'`,
  `CREATE INDEX reviews_of_case ON reviews (case_id, id)`,
  `CREATE INDEX reviews_by_due ON reviews (due_at, id)`,
  `CREATE INDEX reviews_open_by_due ON reviews (due_at, id) WHERE state = 'open'`,
  `CREATE TABLE review_opinions (
    review_id uuid NOT NULL REFERENCES reviews (id),
    stage integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('passed', 'passed-with-changes', 'returned')),
    answers jsonb NOT NULL,
    text text NOT NULL,
    changes text,
    given_by uuid NOT NULL REFERENCES accounts (id),
    given_at timestamptz NOT NULL,
    certified_from date,
    certified_to date,
    PRIMARY KEY (review_id, stage),
    UNIQUE (review_id, given_by),
    CHECK ((certified_from IS NULL) = (certified_to IS NULL))
  )`,
  `CREATE TABLE review_disputes (
    review_id uuid PRIMARY KEY REFERENCES reviews (id),
    reason text NOT NULL,
    raised_by uuid NOT NULL REFERENCES accounts (id),
    raised_at timestamptz NOT NULL,
    held_on date,
    participants jsonb,
    result text CHECK (result IN ('passed', 'passed-with-changes', 'returned')),
    text text,
    recorded_by uuid REFERENCES accounts (id),
    recorded_at timestamptz,
    CHECK ((result IS NULL) = (recorded_at IS NULL)),
    CHECK (result IS NULL OR (held_on IS NOT NULL AND participants IS NOT NULL AND text IS NOT NULL
      AND recorded_by IS NOT NULL))
  )`,
];

const MARKS = [
  // Never edited in place: a change is a further version, and withdrawing it is one too.
  `CREATE TABLE marks (
    id uuid NOT NULL,
    version integer NOT NULL,
    asset_id uuid NOT NULL REFERENCES assets (id),
    kind text NOT NULL CHECK (kind IN ('note', 'key-content', 'interruption')),
    start_ms bigint,
    end_ms bigint,
    page integer,
    text text NOT NULL,
    reason text,
    is_withdrawn boolean NOT NULL,
    author uuid NOT NULL REFERENCES accounts (id),
    at timestamptz NOT NULL,
    PRIMARY KEY (id, version),
    CHECK ((page IS NULL) <> (start_ms IS NULL)),
    CHECK ((start_ms IS NULL) = (end_ms IS NULL)),
    CHECK ((kind = 'interruption') = (reason IS NOT NULL))
  )`,
  `CREATE INDEX marks_of_asset ON marks (asset_id, id, version DESC)`,
  `CREATE TABLE transcripts (
    id uuid PRIMARY KEY,
    asset_id uuid NOT NULL REFERENCES assets (id),
    text text,
    text_asset_id uuid REFERENCES assets (id),
    made_by text NOT NULL CHECK (made_by IN ('hand', 'machine')),
    maker text NOT NULL,
    attached_by uuid NOT NULL REFERENCES accounts (id),
    attached_at timestamptz NOT NULL,
    CHECK ((text IS NULL) <> (text_asset_id IS NULL))
  )`,
  `CREATE INDEX transcripts_of_asset ON transcripts (asset_id, id DESC)`,
];

const GRANTS = [
  `GRANT SELECT, INSERT ON catalogues, review_policies, decision_findings, review_opinions, marks, transcripts
     TO liuhen_app`,
  `GRANT SELECT, INSERT, UPDATE ON reviews, review_disputes TO liuhen_app`,
];
