import { Select } from 'antd';
import { useState } from 'react';
import type { AssetQuery } from '#contract';
import { useAssets } from '../../api/assets.js';
import { useDebounced } from '../../components/use-debounced.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

interface Props {
  readonly kind: NonNullable<AssetQuery['kind']>;
  /** Given by the form it stands in. */
  readonly id?: string;
  readonly value?: string | undefined;
  readonly onChange?: (assetId: string | undefined) => void;
}

/** One asset, looked for by its name: nobody copies an id. */
export function AssetPicker({ kind, id, value, onChange }: Props) {
  const { t } = useLanguage();
  const [search, setSearch] = useState('');
  const asked = useDebounced(search.trim());
  const assets = useAssets({ kind, ...(asked.length > 1 && { search: asked }) });
  const items = assets.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Select<string>
      {...(id !== undefined && { id })}
      {...(value !== undefined && { value })}
      allowClear
      virtual={false}
      placeholder={t.assets.pick}
      loading={assets.isFetching}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      notFoundContent={assets.isFetching ? t.app.loading : t.assets.noneToPick}
      onChange={(chosen) => onChange?.(chosen)}
      options={items.map((asset) => ({
        value: asset.id,
        label: [asset.fileName, timeText(asset.at), asset.link?.caseNumber].filter(Boolean).join(' · '),
      }))}
    />
  );
}
