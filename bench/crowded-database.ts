import pg from 'pg';

/**
 * Fills the database as years of work would: an agency of 33 units, 40 000 cases, 1 000 000 assets with names as
 * recorders and officers give them. Written straight by SQL: the events of these rows are not made, and nothing is
 * stored for them. Words are drawn unevenly, as in life: a few are in most titles, most are rare.
 */
export const CASES = 40_000;
export const ASSETS = 1_000_000;

export interface CrowdedPeople {
  /** Whose material is counted among the rest. */
  readonly officerId: string;
  readonly agencyId: string;
}

const DISTRICTS = 8;
const STATIONS = 3;
const OFFICERS = 400;

const WORDS = {
  roads:
    '中山 人民 解放 建设 朝阳 和平 新华 胜利 文化 工业 长江 黄河 滨河 学府 花园 光明 幸福 站前 迎宾 科技 槐荫 栖霞 鹿鸣 鲤城 桑梓',
  owners:
    '李记 王氏 张记 刘家 陈记 老杨 赵家 黄记 周氏 吴记 徐家 孙记 胡氏 朱记 高家 林记 何氏 郭记 马家 罗记 蔺记 鞠氏 亓官',
  shops:
    '餐饮店 小吃店 便利店 超市 烧烤店 水果店 药店 理发店 汽修厂 建材店 网吧 旅馆 饭店 茶楼 洗浴中心 加油站 五金店 食品厂 幼儿园 养老院 棋牌室 冷库 屠宰场 烟花店',
  offences:
    '无证经营 占道经营 食品超过保质期 违法建设 未公示价格 虚假宣传 噪声扰民 油烟排放 非法营运 消防通道堵塞 无照经营 侵犯商标 违规倾倒渣土 从业人员无健康证 未建立进货查验记录 擅自改变用途 非法采砂 销售假药 野生动物交易 计量器具作弊',
  acts: '现场检查 询问笔录 证据照片 现场勘验 调查取证 送达回证 扣押清单 录音 处罚告知 复查 听证 抽样取证',
} as const;

/** Words drawn by rank: the first ones often, the last ones seldom. */
function drawn(words: string, seed: string): string {
  const list = words.split(' ');
  const items = list.map((word) => `'${word}'`).join(',');
  return `(ARRAY[${items}])[1 + floor(${list.length} * power(pg_temp.chance(n, '${seed}'), 2.5))::int]`;
}

const FUNCTIONS = [
  // The same rows every time: a draw depends only on the row and what it is for.
  `CREATE FUNCTION pg_temp.chance(n bigint, what text) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT ((hashint8extended(n, hashtext(what)) & 9007199254740991)::float8 / 9007199254740992) $$`,
  `CREATE FUNCTION pg_temp.id7(at timestamptz, n bigint, what text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (substr(t, 1, 8) || substr(t, 9, 4) || '7' || substr(m, 1, 3) || '8' || substr(m, 4, 15))::uuid
    FROM (SELECT lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS t, md5(what || n) AS m) x $$`,
];

const UNITS = [
  `INSERT INTO units (id, name, parent_id, path, valid_from)
    SELECT d, '第' || n || '分局', $1, $2 || d || '/', now()
    FROM (SELECT n, pg_temp.id7(now(), n, 'district') AS d FROM generate_series(1, ${DISTRICTS}) n) x`,
  `INSERT INTO units (id, name, parent_id, path, valid_from)
    SELECT s, u.name || '第' || n || '所', u.id, u.path || s || '/', now() FROM units u CROSS JOIN
      LATERAL (SELECT n, pg_temp.id7(now(), n, u.id::text) AS s FROM generate_series(1, ${STATIONS}) n) x
    WHERE u.parent_id = $1`,
];

/** Officers sit in the stations; a station in the middle of the city has several times the work of one outside. */
const ACCOUNTS = `INSERT INTO accounts (id, login, name, password_hash, roles, unit_id, created_at)
  SELECT pg_temp.id7(now(), n, 'officer'), 'officer-' || n, '执法员' || n, 'none', '{officer}',
    s.ids[1 + floor(array_length(s.ids, 1) * power(pg_temp.chance(n, 'station'), 1.5))::int], now()
  FROM generate_series(1, ${OFFICERS}) n, (SELECT array_agg(id ORDER BY id) AS ids FROM units WHERE parent_id <> $1) s`;

const OFFICERS_BY_NUMBER = `CREATE TEMP TABLE officer AS
  SELECT row_number() OVER (ORDER BY a.id) AS rank, a.id, a.unit_id, u.path FROM accounts a JOIN units u ON u.id = a.unit_id
  WHERE a.roles = '{officer}'`;

const CASE_ROWS = `CREATE TEMP TABLE made_case AS
  SELECT n, pg_temp.id7(at, n, 'case') AS id, at, o.id AS officer, o.unit_id, o.path,
    '城执罚〔' || extract(year FROM at) || '〕第' || lpad(n::text, 5, '0') || '号' AS number,
    ${drawn(WORDS.roads, 'road')} || '路' || ${drawn(WORDS.owners, 'owner')} || ${drawn(WORDS.shops, 'shop')}
      || '涉嫌' || ${drawn(WORDS.offences, 'offence')} || '案' AS title,
    CASE WHEN pg_temp.chance(n, 'level') < 0.9 THEN 'normal' WHEN pg_temp.chance(n, 'level') < 0.98 THEN 'sensitive' ELSE 'restricted' END AS level,
    ARRAY[pg_temp.id7(at, n, 'step-a'), pg_temp.id7(at, n, 'step-b'), pg_temp.id7(at, n, 'step-c')] AS steps
  FROM (SELECT n, now() - interval '5 years' * (1 - n::float8 / ${CASES}) AS at FROM generate_series(1, ${CASES}) n) c
  JOIN officer o ON o.rank = 1 + floor((SELECT count(*) FROM officer) * pg_temp.chance(c.n, 'officer'))::int`;

const CASE_TABLES = [
  `INSERT INTO cases (id, unit_id, unit_path, number, title, level, state, procedure_id, procedure_version, opened_by,
      opened_at, changed_at, asset_count, search_text)
    SELECT c.id, unit_id, path, number, title, level, CASE WHEN pg_temp.chance(n, 'state') < 0.2 THEN 'open' ELSE 'closed' END,
      p.id, p.version, officer, at, at, 20, lower(number || ' ' || title)
    FROM made_case c, (SELECT id, version FROM procedures ORDER BY id LIMIT 1) p`,
  `INSERT INTO case_officers (case_id, account_id) SELECT c.id, c.officer FROM made_case c
    UNION SELECT c.id, o.id FROM made_case c JOIN officer o
      ON o.rank = 1 + floor((SELECT count(*) FROM officer) * pg_temp.chance(c.n, 'second'))::int`,
  `INSERT INTO step_occurrences (id, case_id, step_id, n, state) SELECT steps[i], id, 'step-' || i, 1, 'open'
    FROM made_case, generate_series(1, 3) i`,
];

const ASSET_ROWS = `CREATE TEMP TABLE made_asset AS
  SELECT a.n, pg_temp.id7(a.at, a.n, 'asset') AS id, a.at, c.n AS case_n, coalesce(c.officer, o.id) AS officer,
    coalesce(c.unit_id, o.unit_id) AS unit_id, coalesce(c.path, o.path) AS path, coalesce(c.level, 'normal') AS level,
    CASE WHEN kind < 0.55 THEN 'video' WHEN kind < 0.85 THEN 'photo' WHEN kind < 0.95 THEN 'paper' ELSE 'sound' END AS kind,
    CASE WHEN kind < 0.40 THEN 'DSJ-A7_' || lpad(((a.n::bigint * 7919) % 100000)::text, 6, '0') || to_char(a.at, '_YYYYMMDD_HH24MISS') || '.mp4'
      WHEN kind < 0.55 THEN ${drawn(WORDS.acts, 'act').replaceAll('(n,', '(a.n,')} || to_char(a.at, 'YYYYMMDD') || '-' || a.n % 9 || '.mp4'
      WHEN kind < 0.70 THEN 'IMG_' || to_char(a.at, 'YYYYMMDD_HH24MISS') || '.jpg'
      WHEN kind < 0.85 THEN '现场照片' || a.n % 50 || '.jpg'
      WHEN kind < 0.95 THEN ${drawn(WORDS.acts, 'paper').replaceAll('(n,', '(a.n,')} || '_' || lpad((a.n % 1000)::text, 3, '0') || '.pdf'
      ELSE '通话录音' || to_char(a.at, 'MMDD') || '.wav' END AS file_name
  FROM (SELECT n, now() - interval '5 years' * (1 - n::float8 / ${ASSETS}) AS at, pg_temp.chance(n, 'kind') AS kind
    FROM generate_series(1, ${ASSETS}) n) a
  LEFT JOIN made_case c ON pg_temp.chance(a.n, 'linked') < 0.85
    AND c.n = greatest(1, ceil(a.n::float8 * ${CASES / ASSETS} - 200 * power(pg_temp.chance(a.n, 'case'), 3))::int)
  JOIN officer o ON o.rank = 1 + floor((SELECT count(*) FROM officer) * pg_temp.chance(a.n, 'sender'))::int`;

const DIGEST = `repeat(md5(a.n::text), 2)`;
const ASSET_TABLES = [
  `INSERT INTO assets (id, unit_id, unit_path, received_from, file_name, level, custody, viewing, kind, mime, play_mode,
      duration_ms, size_bytes, object_key, block_root, sha256, sm3, facts, at, at_source, begun_at, received_at, sealed_at,
      search_text)
    SELECT a.id, a.unit_id, a.path, a.officer, a.file_name, a.level, 'sealed', 'viewable', a.kind, 'video/mp4', 'native',
      60000, 60000000, 'originals/' || a.id, 'sha256:' || ${DIGEST}, 'sha256:' || ${DIGEST}, 'sm3:' || ${DIGEST},
      jsonb_build_object('sniff', jsonb_build_object('demuxer', 'mov'), 'raw', repeat('{"codec_name":"h264"}', 40)),
      a.at, 'received', a.at, a.at, a.at, lower(t)
    FROM (SELECT m.*, m.file_name || coalesce(' ' || c.number || ' ' || c.title, '') AS t
      FROM made_asset m LEFT JOIN made_case c ON c.n = m.case_n) a`,
  `INSERT INTO asset_links (asset_id, asset_at, case_id, occurrence_id, linked_by, linked_at)
    SELECT a.id, a.at, c.id, c.steps[1 + a.n % 3], c.officer, a.at FROM made_asset a JOIN made_case c ON c.n = a.case_n`,
  `INSERT INTO renditions (id, asset_id, kind, files, tool, tool_version, args, from_block_root, made_at)
    SELECT pg_temp.id7(a.at, a.n, k), a.id, k,
      jsonb_build_array(jsonb_build_object('name', k || '.jpg', 'mime', 'image/jpeg', 'sizeBytes', 30000, 'key', 'media/' || a.id || k, 'versionId', null)),
      'ffmpeg', '5.1', '["-i", "in", "-map", "0:v", "out"]', 'sha256:' || ${DIGEST}, a.at
    FROM made_asset a CROSS JOIN unnest(ARRAY['poster', 'storyboard']) k WHERE a.kind = 'video' OR k = 'poster'`,
];

/** Takes some minutes. `say` hears what is being done. */
export async function crowd(ownerUrl: string, people: CrowdedPeople, say: (text: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // Foreign keys are not asked row by row, and the app's own triggers rest.
    for (const setting of [
      'session_replication_role = replica',
      "maintenance_work_mem = '512MB'",
      "work_mem = '256MB'",
    ])
      await client.query(`SET ${setting}`);
    for (const statement of FUNCTIONS) await client.query(statement);
    await makeUnits(client, people);
    const indexes = await dropIndexes(client);
    say('cases');
    for (const statement of [
      OFFICERS_BY_NUMBER,
      CASE_ROWS,
      'CREATE UNIQUE INDEX ON made_case (n)',
      'ANALYZE made_case',
    ])
      await client.query(statement);
    for (const statement of CASE_TABLES) await client.query(statement);
    say('assets');
    await client.query(ASSET_ROWS);
    for (const statement of ASSET_TABLES) await client.query(statement);
    say('indexes');
    for (const definition of indexes) await client.query(definition);
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

async function makeUnits(client: pg.Client, { officerId, agencyId }: CrowdedPeople): Promise<void> {
  const { rows } = await client.query<{ path: string }>('SELECT path FROM units WHERE id = $1', [agencyId]);
  const [districts, stations] = UNITS;
  await client.query(districts ?? '', [agencyId, rows[0]?.path]);
  await client.query(stations ?? '', [agencyId]);
  await client.query(ACCOUNTS, [agencyId]);
  // The officer who will ask works in a station as the others do.
  await client.query(
    'UPDATE accounts SET unit_id = (SELECT id FROM units WHERE parent_id <> $2 ORDER BY id LIMIT 1) WHERE id = $1',
    [officerId, agencyId],
  );
}

/** All but those that hold constraints: made again at the end, which is many times faster. */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid IN ('assets'::regclass, 'cases'::regclass, 'asset_links'::regclass) AND NOT i.indisunique`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}
