export const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--link:light-dark(#0b57d0,#8ab4f8)}
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
h1 small{font-weight:400;opacity:.6}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
h4{margin:1rem 0 .25rem}a{color:var(--link)}p{margin:.4rem 0}
code{font:13px ui-monospace,Consolas,monospace;background:var(--soft);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:.5rem .75rem}
summary{cursor:pointer}summary span{opacity:.75}summary b{display:inline-block;min-width:3.2rem}
.get{color:light-dark(#0a7d33,#6dd58c)}.post{color:light-dark(#9a5b00,#fdd663)}
table{border-collapse:collapse;width:100%;margin:.25rem 0}
td{border-top:1px solid var(--line);padding:.3rem .5rem;vertical-align:top}td table{margin:0}
pre{font:13px/1.4 ui-monospace,Consolas,monospace;background:var(--soft);padding:.5rem;overflow-x:auto}
td:first-child{white-space:nowrap;width:1%}em{opacity:.65;font-style:normal}
`;
