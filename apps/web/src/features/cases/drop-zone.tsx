import { CameraOutlined, UploadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useRef } from 'react';
import { useMediaQuery } from '../../components/use-media-query.js';
import { useLanguage } from '../../i18n/language.js';

interface ZoneProps {
  readonly over: boolean;
  /** Where the files go, and the same while they hang over it. */
  readonly here: string;
  readonly release: string;
  readonly onFiles: (files: File[]) => void;
}

/** The place to pick files, for those who do not drag; on a phone also its camera. */
export function DropZone({ over, here, release, onFiles }: ZoneProps) {
  const { t } = useLanguage();
  const touch = useMediaQuery('(pointer: coarse)');
  return (
    <div className="lh-drop" data-over={over || undefined}>
      <div>
        <strong>{over ? release : here}</strong>
        <p className="lh-muted">{t.case.dropHint}</p>
      </div>
      <div className="lh-drop-buttons">
        {touch && <FileButton text={t.case.camera} icon={<CameraOutlined />} camera onFiles={onFiles} />}
        <FileButton text={t.case.pick} icon={<UploadOutlined />} onFiles={onFiles} />
      </div>
    </div>
  );
}

interface ButtonProps {
  readonly text: string;
  readonly icon?: React.ReactNode;
  readonly camera?: boolean;
  readonly label?: string;
  readonly isSmall?: boolean;
  readonly onFiles: (files: File[]) => void;
}

/** @param label what it is for, where the text alone does not say */
export function FileButton({ text, icon, camera = false, label = text, isSmall = false, onFiles }: ButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple={!camera}
        aria-label={label}
        {...(camera ? { accept: 'image/*,video/*', capture: 'environment' as const } : {})}
        onChange={(event) => {
          onFiles(Array.from(event.target.files ?? []));
          // The same file may be picked again, to go on with it.
          event.target.value = '';
        }}
      />
      <Button icon={icon} size={isSmall ? 'small' : 'medium'} onClick={() => input.current?.click()}>
        {text}
      </Button>
    </>
  );
}
