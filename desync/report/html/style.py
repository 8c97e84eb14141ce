"""The page's style sheet: light and dark, on paper, on a telephone.

May know the page's elements and classes; must not know what stands in them. Each pair of colours has a
contrast of 4.5 or more (WCAG 2.2, 1.4.3); no meaning hangs on a colour alone.
"""

from typing import Final

_COLOURS: Final = """
:root{color-scheme:light dark;--page:#fff;--box:#f5f6f8;--line:#c9ced6;--ink:#1b1f24;--soft:#57606a;
--bad:#a40e26;--bad-box:#fdeaea;--warn:#7a4b00;--good:#116329;--link:#0550ae;--client:#0550ae;
--server:#116329;--bar:#c3cad4;--split:#b87a00;--misread:#a40e26}
@media (prefers-color-scheme:dark){:root{--page:#15181c;--box:#1e2329;--line:#454d57;--ink:#e6e8eb;
--soft:#a7b0ba;--bad:#ff9492;--bad-box:#3a1d20;--warn:#f0c05a;--good:#7ddc98;--link:#7ab8ff;
--client:#7ab8ff;--server:#7ddc98;--bar:#56606c;--split:#b9822a;--misread:#ffb3b0}}
"""

_TEXT: Final = """
*{box-sizing:border-box}
html{scroll-behavior:auto}
body{margin:0 auto;padding:0 1rem 4rem;max-width:68rem;background:var(--page);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;margin:1.2rem 0 .2rem}
h2{font-size:1.35rem;margin:2.5rem 0 .6rem;border-bottom:2px solid var(--line);padding-bottom:.2rem}
h3{font-size:1.1rem;margin:1.4rem 0 .4rem}
h4{font-size:1rem;margin:1rem 0 .4rem}
h5{font-size:.95rem;margin:.2rem 0 .4rem}
p{margin:.4rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,pre,.octets,.pairings td{font-family:ui-monospace,monospace;font-size:.875rem}
.copy{user-select:all;background:var(--box);border:1px solid var(--line);border-radius:4px;
padding:.05rem .3rem}
pre{background:var(--box);padding:.6rem;overflow-x:auto;white-space:pre-wrap}
header p,.dim,.small{color:var(--soft)}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.5rem;z-index:1}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;margin:.6rem 0;padding:0}
.strong{font-weight:700}
.bad{color:var(--bad);font-weight:700}
.warn{color:var(--warn);font-weight:700}
.good,.true{color:var(--good)}
.good{font-weight:700}
.more{color:var(--soft);font-style:italic}
"""

_BOXES: Final = """
.answer{border-left:6px solid var(--line);padding:.2rem 0 .2rem 1rem;font-size:1.15rem}
.card,.connection,.finding{border:1px solid var(--line);border-radius:6px;padding:.6rem 1rem;margin:.8rem 0}
.card,.finding{background:var(--box)}
.finding.error{border-left:6px solid var(--bad)}
.card h3,.finding h5{margin-top:0}
dl{margin:.4rem 0}
dt{font-weight:600;color:var(--soft)}
dd{margin:0 0 .3rem;white-space:break-spaces}
@media (min-width:40rem){.fields{display:grid;grid-template-columns:minmax(6.5rem,max-content) 1fr;
gap:.15rem 1rem}.fields.wide{grid-template-columns:minmax(6.5rem,18rem) 1fr}.fields dt{grid-column:1}
.fields dd{grid-column:2;margin:0}}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.25rem 0}
summary h4{display:inline;margin:0}
.rule{border-top:1px solid var(--line)}
.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;font-size:.9rem;width:100%}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top;
min-width:9rem}
thead th{background:var(--box)}
tbody th{font-weight:600}
thead th,.number{overflow-wrap:normal;min-width:0}
.number{text-align:right;font-variant-numeric:tabular-nums}
.pairings td,.pairings th{width:50%;min-width:0;white-space:break-spaces}
.hash{font-size:.75rem}
.hint{display:none;color:var(--soft);font-style:italic}
@media screen and (max-width:62rem){.hint{display:block}}
figure{margin:.8rem 0}
figcaption{margin:.3rem 0}
"""

_PICTURES: Final = """
svg{display:block;max-width:none}
svg text{direction:ltr;unicode-bidi:bidi-override;fill:var(--ink);font:13px system-ui,sans-serif}
svg .small{font-size:11.5px;fill:var(--soft)}
svg .time{font:12px ui-monospace,monospace}
svg .said{font:12px ui-monospace,monospace;white-space:pre}
svg .head{font-weight:700}
svg .client{--end:var(--client)}
svg .server{--end:var(--server)}
svg .head.client,svg .head.server{fill:var(--end)}
svg .life{stroke:var(--end);stroke-width:3}
svg .arrow{stroke:var(--end);stroke-width:2}
svg .tip{fill:var(--end)}
svg .break{fill:none;stroke:var(--soft);stroke-width:1.5}
svg .pause{fill:var(--soft);font-style:italic}
svg .band{fill:var(--bad-box)}
svg .mark,svg .wrong{fill:var(--bad);font-weight:700}
svg .wrong,svg .right,svg .truth,svg .reason{font:11px ui-monospace,monospace}
svg .wrong{font-weight:700}
svg .mark{font-size:12px}
svg .reason,svg .early{fill:var(--bad)}
svg .truth{fill:var(--good)}
svg .axis{stroke:var(--line);stroke-width:1}
svg .bar-sessions{fill:var(--bar)}
svg .bar-split{fill:var(--split)}
svg .bar-misread{fill:var(--misread)}
svg .change{fill:var(--ink);stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}
"""

_PAPER: Final = """
@media print{body{max-width:none;font-size:10pt;padding:0}nav,.skip{display:none}
.card,.finding,svg,tr{break-inside:avoid}h2,h3,h4,h5{break-after:avoid}.scroll{overflow:visible}
svg{max-width:100%;height:auto}}
"""

STYLE: Final = f"{_COLOURS}{_TEXT}{_BOXES}{_PICTURES}{_PAPER}".replace("\n", "")
"""The whole, as it stands in the page."""
