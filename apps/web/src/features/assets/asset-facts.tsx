import { Collapse } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { AssetView } from '#contract';
import { useLanguage } from '../../i18n/language.js';
import { clockText, groupedNumber, offsetText, sizeText, timeText } from '../../i18n/quantities.js';
import type { Texts } from '../../i18n/zh.js';
import { mediaFactsOf } from './media-facts.js';

/** Terms and what they are, one under another on narrow screens. */
export function FactList({ rows }: { rows: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="lh-facts">
      {rows.map(
        (row) =>
          row && (
            <div key={row[0]}>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function AssetFacts({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const { asset: words } = t;
  const media = mediaFactsOf(asset.facts);
  const size = asset.sizeBytes ?? asset.receivedBytes;
  return (
    <>
      <FactList
        rows={[
          [words.file, asset.fileName],
          [words.kind, `${t.assets.kinds[asset.kind]}${asset.mime === null ? '' : ` · ${asset.mime}`}`],
          [words.size, sizeText(size) + t.app.aside(words.bytes(groupedNumber(size)))],
          asset.durationMs === null ? null : [words.duration, clockText(asset.durationMs)],
          asset.pageCount === null ? null : [words.pageCount, t.assets.pages(asset.pageCount)],
          media.codecs === null ? null : [words.codec, media.codecs],
          media.picture === null ? null : [words.picture, media.picture],
          media.rotation === null ? null : [words.rotation, `${media.rotation}°`],
          [words.from, asset.receivedFromName],
          [words.belongs, <Belongs key="belongs" asset={asset} />],
        ]}
      />
      {Object.keys(asset.facts).length > 0 && (
        <Collapse
          ghost
          size="small"
          destroyOnHidden
          items={[
            {
              key: 'raw',
              label: words.rawFacts,
              children: <pre className="lh-raw">{JSON.stringify(asset.facts, null, 2)}</pre>,
            },
          ]}
        />
      )}
    </>
  );
}

function Belongs({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  if (!asset.link) return t.assets.unlinked;
  return (
    <>
      <Link to={`/cases/${asset.link.caseId}?step=${asset.link.occurrenceId}`}>{asset.link.caseNumber}</Link>
      {asset.link.purpose !== null && ` · ${asset.link.purpose}`}
    </>
  );
}

function offsetSourceText(source: string | null, t: Texts): string {
  return t.recorders.clockSources[source as keyof Texts['recorders']['clockSources']] ?? t.app.unknown;
}

/** The clocks and the place, each with where it comes from. */
export function AssetClocks({ asset }: { asset: AssetView }) {
  const { t, language } = useLanguage();
  const { asset: words } = t;
  const { clocks, place } = asset;
  const device = clocks.deviceRaw && (
    <>
      <code>{clocks.deviceRaw}</code>
      <span className="lh-muted">
        {clocks.deviceSource && ` ${words.deviceSource[clocks.deviceSource]} · `}
        {clocks.zoneKnown ? words.zoneKnown : words.zoneUnknown}
      </span>
    </>
  );
  return (
    <FactList
      rows={[
        [words.deviceTime, device ?? words.noDeviceTime],
        clocks.offsetMs === null
          ? null
          : [
              words.offset,
              offsetText(clocks.offsetMs, language) + t.app.aside(offsetSourceText(clocks.offsetSource, t)),
            ],
        [words.receivedTime, clocks.receivedAt === null ? words.waiting : timeText(clocks.receivedAt)],
        asset.retainUntil === null
          ? null
          : [
              words.retainUntil,
              `${timeText(asset.retainUntil)}${asset.lockMode === null ? '' : ` · ${words.lock[asset.lockMode]}`}`,
            ],
        place === null
          ? null
          : [
              words.place,
              `${place.latitude.toFixed(6)}, ${place.longitude.toFixed(6)}${t.app.aside(words.placeSource[place.source])}`,
            ],
      ]}
    />
  );
}
