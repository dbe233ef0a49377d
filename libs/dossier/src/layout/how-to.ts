/** `verify/HOWTO.md`: how to check a dossier without our programs. Every line of it works as it stands. */
export function howTo({ dossierId, at }: { readonly dossierId: string; readonly at: string }): string {
  return `# 如何核验本案卷 How to check this dossier

案卷编号 Dossier \`${dossierId}\`，导出于 exported ${at}

以下命令在案卷文件夹内执行，只用系统自带的工具，无需联网，也无需相信制作案卷的单位。
Run these in the dossier's folder. They need no network, no program of ours, and no trust in whoever made it.

## 1. 文件一个不少、一字未改 Every file is there and unchanged

\`\`\`sh
sha256sum --quiet --check tagmanifest-sha256.txt
sha256sum --quiet --check manifest-sha256.txt
\`\`\`

没有输出即为一致。No output means that all agree.

\`data/documents\` 与 \`data/renditions\` 据记录或原件制作，不是证据；它们与原件一同列在 \`manifest-sha256.txt\` 中，该清单的摘要登记在
日志里（\`dossier.packed\`，\`proofs/events.jsonl\` 的最后一个事件）。以下两行应相同：
What is in \`data/documents\` and \`data/renditions\` was made from the record or the originals and is not evidence. It is on
\`manifest-sha256.txt\` like the originals, and the digest of that list is in the log (\`dossier.packed\`, the last event in
\`proofs/events.jsonl\`). These two lines are the same:

\`\`\`sh
sha256sum manifest-sha256.txt | cut -d' ' -f1
tail -n 1 proofs/events.jsonl | cut -d'"' -f6 | base64 -d | grep -o '"manifest":"sha256:[0-9a-f]*' | cut -d: -f3
\`\`\`

国密 SM3 SM3 by GB/T 32905:

\`\`\`sh
while read -r digest path; do
  [ "$(openssl dgst -sm3 -r "$path" | cut -d' ' -f1)" = "$digest" ] || echo "不符 DIFFERS: $path"
done < proofs/manifest-sm3.txt
\`\`\`

## 2. 事件在日志中 The events are in the log

\`proofs/events.jsonl\` 每行一个事件（base64），\`proofs/inclusion.jsonl\` 同一行是它的 Merkle 证明（RFC 6962），
证明指向 \`proofs/checkpoint\` 第二、三行所写的大小与根。看第一个事件：
One event a line, in base64; its Merkle proof (RFC 6962) is on the same line of the other file, and leads to size and root
on lines two and three of \`proofs/checkpoint\`. The first event:

\`\`\`sh
head -n 1 proofs/events.jsonl | cut -d'"' -f6 | base64 -d; echo
{ printf '\\0'; head -n 1 proofs/events.jsonl | cut -d'"' -f6 | base64 -d; } | openssl dgst -sha256 -binary | base64
head -n 1 proofs/inclusion.jsonl | cut -d'"' -f4
\`\`\`

后两行相同：这就是该事件的叶摘要。The last two lines are the same: the leaf hash of the event.

## 3. 检查点的签名 The signatures of the checkpoint

公钥须从案卷之外取得（法院网站、纸质公告、二维码），与 \`policy/trust.policy\` 所写的比对。案卷自带的密钥只能说明案卷自身一致。
Take the keys from outside this dossier (a court's site, paper, a QR code) and compare them with \`policy/trust.policy\`. Keys
that come along show only that the dossier agrees with itself.

\`\`\`sh
cat proofs/checkpoint policy/trust.policy
grep -E '^(log|witness) ' policy/trust.policy | grep -oE '[^ ]+[+][0-9a-f]{8}[+][^ ]+' | while read -r key; do
  printf '%s  %s\\n' "$(printf %s "$key" | sha256sum | cut -d' ' -f1)" "$key"
done
\`\`\`

第二条命令列出每个公钥的指纹（SHA-256），可与公告或回执上的指纹逐位比对。
The second lists the fingerprint (SHA-256) of each key, to compare with the one on paper.

格式是 C2SP signed-note、tlog-checkpoint、tlog-cosignature，任何支持它们的工具都可验证。
The formats are C2SP signed-note, tlog-checkpoint and tlog-cosignature; any tool for them will do.

## 4. 时间 Time

\`\`\`sh
for token in proofs/timestamps/*.tsr; do
  openssl ts -verify -data "\${token%.tsr}.note" -in "$token" -CAfile ROOTS.pem
done
\`\`\`

\`ROOTS.pem\` 是时间戳机构的根证书，也须从案卷之外取得；裸时间戳另加 \`-token_in\`。没有 \`proofs/timestamps\` 时，时间仅凭日志自述。
\`ROOTS.pem\` is the root of the authority, from outside too; bare tokens need \`-token_in\`. Without \`proofs/timestamps\` time
rests on the word of the log.

## 5. 完整、无遗漏 Nothing left out

案件链（\`case:…\`）最后一个事件是 \`case.exported\`，其中 \`heads\` 列明每条材料链的末尾；每条链 \`chain_seq\` 从 1 起连续。
逐项核对请用核验程序：
The case chain ends with \`case.exported\`; its \`heads\` name where every chain of material ends; in each chain \`chain_seq\` runs
from 1 without gaps. A verifier does all of this:

\`\`\`
liuhen verify . --policy POLICY --tsa-ca ROOTS.pem
liuhen verify . --fingerprint HEX --tsa-ca ROOTS.pem
\`\`\`

格式全文 The format in full: docs/dossier-format.md（留痕 Liuhen）。
`;
}
