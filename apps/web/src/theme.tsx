import { App, ConfigProvider, theme } from 'antd';
import enUs from 'antd/locale/en_US';
import zhCn from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useMediaQuery } from './components/use-media-query.js';
import { useLanguage } from './i18n/language.js';

/** The same stack as in app.css: Chinese faces of each system before the generic one. */
const FONTS =
  'system-ui, -apple-system, "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** Soft grounds, given rather than derived: from hues this deep Ant Design derives mud. */
const LIGHT = {
  colorTextBase: '#1b2830',
  colorPrimaryBg: '#e3eef2',
  colorPrimaryBgHover: '#d6e6ec',
  colorInfoBg: '#e9f1f4',
  colorInfoBorder: '#bcd3dc',
  colorSuccessBg: '#e5f1ea',
  colorWarningBg: '#fbf3e1',
  colorWarningBorder: '#e6cf9c',
  colorErrorBg: '#fbeeec',
  colorErrorBgHover: '#f7dfdb',
  colorErrorBorder: '#e3b3ab',
};

const DARK = {
  colorBgBase: '#14191c',
  colorInfoBg: '#1a2c35',
  colorWarningBg: '#332a17',
  colorErrorBg: '#3a1f1b',
};

/** One look for all: ink blue for what can be done, cinnabar for the seal and for alarm, paper grey beneath. */
export function Theme({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const dark = useMediaQuery('(prefers-color-scheme: dark)');
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCn : enUs}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          colorPrimary: dark ? '#4c9cbd' : '#1f5f7a',
          colorInfo: dark ? '#4c9cbd' : '#1f5f7a',
          colorError: '#b23a2a',
          colorSuccess: '#3b7a57',
          colorWarning: '#a96b00',
          colorLink: dark ? '#6fb4d0' : '#1f5f7a',
          borderRadius: 8,
          fontFamily: FONTS,
          fontSize: 14,
          controlHeight: 36,
          ...(dark ? DARK : LIGHT),
        },
        components: { Tag: { borderRadiusSM: 4 }, Button: { primaryShadow: 'none', defaultShadow: 'none' } },
      }}
    >
      <App component={false}>{children}</App>
    </ConfigProvider>
  );
}
