/// The style of all pages, in light and dark.
enum Style {
  /// Lines and areas have the colors of Okabe and Ito (2008), which people without full color vision can tell apart; on a dark page the dark ones are
  /// lighter.
  static let css: Markup = """
    :root{color-scheme:light dark;--ink:#1c1e21;--soft:#5c6370;--rule:#dfe2e6;--grid:#eceef1;--paper:#fff;--card:#f6f7f9;--shade:#d55e00;
    --good:#00795a;--bad:#b3402a;--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#a8558a;--c4:#a67c00;--c5:#3391c9;--c6:#5c6370;--c7:#1c1e21}
    @media (prefers-color-scheme:dark){:root{--ink:#e4e6ea;--soft:#9aa2ae;--rule:#3a4049;--grid:#2a2f36;--paper:#14171b;--card:#1d2126;--shade:#ff9d5c;
    --good:#3ccf9f;--bad:#ff8a70;--c0:#56b4e9;--c1:#ff8f45;--c2:#2fc99a;--c3:#dd94c0;--c4:#f0d048;--c5:#9ad0f5;--c6:#9aa2ae;--c7:#e4e6ea}
    polyline.trial,circle.slice{filter:invert(1) hue-rotate(180deg)}}
    *{box-sizing:border-box}
    body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;max-width:1120px;margin:0 auto;padding:1.5rem 1rem 4rem;
    color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
    h1{font-size:1.7rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--rule)}
    h3{font-size:1rem;margin:1.5rem 0 .5rem}p{margin:.4rem 0;max-width:75ch}.soft{color:var(--soft)}small,.note{font-size:.85rem;color:var(--soft)}
    .cards{display:flex;flex-wrap:wrap;gap:.75rem}.card{margin:0;padding:.4rem;width:7rem;background:var(--card);font-size:.8rem;text-align:center}
    .card img{width:6rem;height:6rem;object-fit:contain;image-rendering:pixelated}.card.wrong{outline:2px solid var(--bad)}
    code,pre{font-family:ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;font-size:.85em}pre{white-space:pre-wrap;background:var(--card);
    padding:.6rem .8rem;border-radius:6px;margin:.4rem 0}
    .verdict{margin:.9rem 0;padding:.6rem .9rem;border-left:4px solid var(--good);background:var(--card);border-radius:0 6px 6px 0}
    .verdict.bad{border-color:var(--bad)}.verdict p{margin:.1rem 0}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.6rem;margin:1rem 0}
    .tile{background:var(--card);border-radius:6px;padding:.55rem .8rem}.tile b{display:block;font-size:1.35rem;line-height:1.3;font-variant-numeric:tabular-nums;
    font-weight:600}.tile span{font-size:.82rem;color:var(--soft);display:block;line-height:1.35}
    .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:1.4rem 1.6rem}.plots.large{grid-template-columns:repeat(auto-fit,
    minmax(min(100%,420px),1fr))}
    figure{margin:0;min-width:0}.plots figure,.pair figure{max-width:540px}figure.wide{overflow-x:auto}figure.wide svg{min-width:560px}figcaption{font-size:.85rem;line-height:1.4;color:var(--soft);margin-bottom:.3rem}
    figcaption b{color:var(--ink);font-weight:600;margin-right:.5em}.key{white-space:nowrap;margin-right:.8em}.key i{display:inline-block;width:1.1em;height:.2em;
    vertical-align:.25em;margin-right:.35em;border-radius:1px}.key i.dash{background:none;height:0;border-top-width:.2em;border-top-style:dashed}
    svg{display:block;width:100%;height:auto}svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:var(--soft);
    font-variant-numeric:tabular-nums}svg text.label{fill:var(--ink)}svg text.inside{fill:var(--ink)}svg text.on{fill:var(--paper)}
    .wide text{paint-order:stroke;stroke:var(--paper);stroke-width:3px}
    .grid{stroke:var(--grid)}.axis{stroke:var(--rule)}.ideal{stroke:var(--soft);stroke-dasharray:4 4;fill:none}
    polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}polyline.dash{stroke-dasharray:5 3}polyline.trial{stroke-width:1.2;opacity:.75}
    polyline.trial:hover{stroke:var(--bad);stroke-width:3;opacity:1}polyline.best{stroke:var(--bad);stroke-width:1.5}
    circle.trial{fill:var(--c0)}circle.infeasible{fill:none;stroke:var(--soft)}circle.pair{fill:var(--c0);fill-opacity:.4}circle:hover{stroke:var(--bad);stroke-width:2}
    .shade{fill:var(--shade);fill-opacity:.11}.mark{stroke:var(--soft);stroke-dasharray:2 3}.dot{fill:var(--paper);stroke-width:2}
    .cell{fill:var(--c1)}.cell.hit{fill:var(--c0)}.block{fill:var(--c0);fill-opacity:.75}
    .l0{stroke:var(--c0)}.l1{stroke:var(--c1)}.l2{stroke:var(--c2)}.l3{stroke:var(--c3)}.l4{stroke:var(--c4)}.l5{stroke:var(--c5)}.l6{stroke:var(--c6)}.l7{stroke:var(--c7)}
    .f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
    .b0{background:var(--c0);border-color:var(--c0)}.b1{background:var(--c1);border-color:var(--c1)}.b2{background:var(--c2);border-color:var(--c2)}
    .b3{background:var(--c3);border-color:var(--c3)}.b4{background:var(--c4);border-color:var(--c4)}.b5{background:var(--c5);border-color:var(--c5)}
    .b6{background:var(--c6);border-color:var(--c6)}.b7{background:var(--c7);border-color:var(--c7)}
    .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.87rem;margin:.3rem 0}td,th{padding:.22rem .7rem;text-align:left;vertical-align:top;
    border-bottom:1px solid var(--rule)}th{font-weight:600;color:var(--soft);vertical-align:bottom;overflow-wrap:normal}td.n,th.n{text-align:right;
    font-variant-numeric:tabular-nums;white-space:nowrap}td{overflow-wrap:break-word;max-width:24rem}td.w{min-width:14rem;max-width:34rem;overflow-wrap:anywhere}td.bad{color:var(--bad);font-weight:600}td:first-child,th:first-child{padding-left:0}td:first-child{min-width:4.5rem}
    tr.below td{max-width:46rem;color:var(--soft);font-size:.82rem;padding-top:0;overflow-wrap:anywhere}tr:has(+tr.below) td{border-bottom:0}
    @media (max-width:600px){table{font-size:.8rem}td,th{padding:.22rem .35rem}}
    .bar{background:var(--c0);height:.8em;border-radius:2px}
    .pair>figure{width:100%}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:1.6rem;align-items:start}
    details{margin:1rem 0;border-top:1px solid var(--rule)}summary{cursor:pointer;font-weight:600;padding:.6rem 0}details h2{border:0;font-size:1.05rem;margin-top:1rem}
    """
}
