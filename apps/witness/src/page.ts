import type { KeptEvidence } from './evidence.js';
import type { LogStatus, WitnessStatus } from './witness.js';

const KINDS = {
  'two-roots': '同一长度、两个不同的根，均有日志签名：日志分叉的证明 one size, two roots, both signed: proof of a fork',
  'not-extended': '未能证明是已见证内容的延续 not shown to extend what was cosigned before',
} as const;

/** What somebody sees who opens the witness in a browser: Chinese first. No script, nothing from elsewhere. */
export function statusPage({ name, vkey, logs, refused }: WitnessStatus): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(name)} · 见证方 Witness</title>
<style>
body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
code,pre{font:14px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
.bad{color:#a40e26;font-weight:600}.en{color:#57606a}
</style></head><body>
<h1>见证方 <span class="en">Witness</span></h1>
<p>本机只对“在已见证内容之后续写”的日志检查点签名，不保存案件内容。
<span class="en">It cosigns checkpoints that extend what it cosigned before; it holds nothing of any case.</span></p>
<p>名称 Name：<code>${escapeHtml(name)}</code><br>公钥 Key：<code>${escapeHtml(vkey)}</code></p>
<h2>日志 <span class="en">Logs</span></h2>
<table><thead><tr><th>日志 Log</th><th>最近见证的条数 Last size</th><th>时间 Time</th><th>拒签 Refused</th></tr></thead>
<tbody>${logs.map(logRow).join('')}</tbody></table>
<h2>拒签与证据 <span class="en">Refused, with evidence</span></h2>
${refused.length === 0 ? '<p>无 <span class="en">none</span></p>' : refused.map(evidenceBlock).join('')}
</body></html>
`;
}

function logRow({ origin, vkeys, last, refused }: LogStatus): string {
  const keys = vkeys.length === 0 ? '（已不再见证 no longer witnessed）' : vkeys.map(escapeHtml).join('<br>');
  return `<tr><td><code>${escapeHtml(origin)}</code><br><code class="en">${keys}</code></td>
<td>${last === null ? '—' : last.size}</td><td>${last === null ? '—' : escapeHtml(last.at)}</td>
<td${refused > 0 ? ' class="bad"' : ''}>${refused}</td></tr>`;
}

function evidenceBlock({ id, origin, kind, size, at, refused, remembered }: KeptEvidence): string {
  return `<details><summary><span class="bad">${escapeHtml(at)} · ${escapeHtml(origin)} · ${size}</span><br>${KINDS[kind]}</summary>
<p>refused/${escapeHtml(id)}</p><p>被拒的检查点 refused</p><pre>${escapeHtml(refused)}</pre>
<p>当时已见证的检查点 cosigned before</p><pre>${escapeHtml(remembered ?? '—')}</pre></details>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}
