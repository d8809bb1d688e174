/// How the page looks: light and dark by the reader's choice, and on paper.
enum HTMLStyle {
    static let text = """
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#16202c;--soft:#4a5768;--line:#dbe1e8;--track:#e7ebf0;
        --good:#0f7b52;--goodbg:#e2f4ec;--warn:#8a5800;--warnbg:#fdf1d8;--bad:#b3261e;--badbg:#fde9e7;--info:#2c5ea8;--infobg:#e6eefa;
        --l3:#2f6fb3;--l2:#86b2dc;--l1:#cfe1f2;--z:#eef1f4;--h1:#fbdcc0;--h2:#f2a766;--h3:#cf5f12;--onstrong:#fff;
        --f0:#dfe8f2;--f1:#b9d0e8;--f2:#84aed6;--f3:#f0b35f;--f4:#dd6b4d;--bar:#3f7fc1}
        @media(prefers-color-scheme:dark){:root{--bg:#0f151c;--card:#18212b;--ink:#e7edf4;--soft:#a3b1c2;--line:#2b3846;--track:#243140;
        --good:#5fd3a1;--goodbg:#12352a;--warn:#f3c05f;--warnbg:#3b2d0e;--bad:#ff8f85;--badbg:#431b19;--info:#8cb8f5;--infobg:#1a2e4b;
        --l3:#5a9be0;--l2:#2f628f;--l1:#22405c;--z:#222d39;--h1:#4d3423;--h2:#8c5522;--h3:#e58a3c;--onstrong:#0b1016;
        --f0:#24384c;--f1:#2b5078;--f2:#3a73ab;--f3:#a5752a;--f4:#b8503a;--bar:#5a9be0}}
        *{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:1240px;margin:0 auto;padding:28px 24px 64px}
        h1{font-size:24px;line-height:1.25;margin:0 0 2px;letter-spacing:-.01em}h2{font-size:18px;margin:40px 0 4px}
        h2+p{margin-top:0}p{margin:6px 0 12px}.soft{color:var(--soft)}.small{font-size:13px}
        nav{margin:14px 0 0;font-size:14px}nav a{color:var(--info);margin-right:16px;text-decoration:none}nav a:hover{text-decoration:underline}
        code,pre,.mono{font-family:ui-monospace,SFMono-Regular,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:12.5px}
        .card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;margin:12px 0;overflow-wrap:anywhere}
        .verdicts{display:grid;gap:10px;margin:18px 0 8px}
        .verdict{display:flex;gap:14px;align-items:flex-start;background:var(--card);border:1px solid var(--line);border-left-width:6px;border-radius:10px;padding:12px 16px}
        .verdict p{margin:0}.verdict .domain{font-weight:650;text-transform:capitalize}
        .good{border-left-color:var(--good)}.limited{border-left-color:var(--warn)}.bad{border-left-color:var(--bad)}
        .tag{display:inline-block;border-radius:5px;padding:1px 8px;font-size:12px;font-weight:650;letter-spacing:.02em;white-space:nowrap}
        .t-good{color:var(--good);background:var(--goodbg)}.t-warn{color:var(--warn);background:var(--warnbg)}
        .t-bad{color:var(--bad);background:var(--badbg)}.t-info{color:var(--info);background:var(--infobg)}
        .t-none{color:var(--soft);background:var(--track)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:10px;margin:16px 0}
        .tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 14px}
        .tile b{display:block;font-size:22px;line-height:1.25;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:13px}
        .scroll{overflow-x:auto;border:1px solid var(--line);border-radius:10px;background:var(--card);margin:12px 0}
        table{border-collapse:collapse;width:100%;font-size:13.5px}
        th{text-align:left;font-weight:600;color:var(--soft);font-size:12px;white-space:nowrap}
        th,td{padding:7px 12px;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child>td,tr:last-child>th{border-bottom:0}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td .tag{margin:0 4px 2px 0}
        tbody th{color:var(--ink);font-size:13.5px;font-weight:550}
        .heat td{padding:4px 8px;text-align:center;font-variant-numeric:tabular-nums;border:1px solid var(--card);min-width:52px}
        .heat th{padding:4px 10px;border-bottom:1px solid var(--line)}.heat tbody th{text-align:left}.heat td.n{text-align:right;background:none}
        .heat .group{background:var(--track);color:var(--soft);font-size:12px}
        .l3{background:var(--l3);color:var(--onstrong)}.l2{background:var(--l2)}.l1{background:var(--l1)}.z{background:var(--z)}
        .h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3);color:var(--onstrong)}.x{color:var(--soft)}
        .key{display:flex;flex-wrap:wrap;gap:6px 16px;font-size:12.5px;color:var(--soft);margin:6px 0}
        .key span{display:inline-flex;align-items:center;gap:6px}.key i{width:16px;height:12px;border-radius:3px;border:1px solid var(--line)}
        details{border-top:1px solid var(--line)}details:first-child{border-top:0}
        summary{cursor:pointer;padding:7px 4px;list-style-position:outside}summary:hover{background:var(--track)}
        summary::marker{color:var(--soft)}details>.in{padding-left:18px}
        .row{display:grid;grid-template-columns:minmax(150px,1.5fr) 96px minmax(90px,1fr) 132px;gap:12px;align-items:center;font-size:13.5px}
        .leaf{padding:4px 4px 4px 20px;border-top:1px solid var(--line)}
        .bar{height:9px;border-radius:5px;background:var(--track);overflow:hidden}.bar i{display:block;height:100%;background:var(--bar)}
        .bar i.w{background:var(--f3)}.bar i.e{background:var(--f4)}
        svg{display:block;width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:var(--ink);pointer-events:none}
        svg rect{stroke:var(--card);stroke-width:1.5}svg .stop{stroke:var(--bad);stroke-width:2.5}
        .f0{fill:var(--f0);background:var(--f0)}.f1{fill:var(--f1);background:var(--f1)}.f2{fill:var(--f2);background:var(--f2)}
        .f3{fill:var(--f3);background:var(--f3)}.f4{fill:var(--f4);background:var(--f4)}.fx{fill:var(--track);background:var(--track)}
        .finding{border-left-width:6px;padding:12px 16px}.finding h3{font-size:15px;margin:0 0 4px;font-weight:600;line-height:1.45}
        .finding .meta{font-size:13px;color:var(--soft);margin:0 0 6px;display:flex;flex-wrap:wrap;gap:8px;align-items:center}
        .finding dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:8px 0;font-size:13px}
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        pre{background:var(--track);border-radius:7px;padding:9px 12px;margin:8px 0 0;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.55}
        ul.plain{margin:4px 0;padding-left:18px}
        @media(max-width:720px){main{padding:18px 14px 40px}.row{grid-template-columns:1fr 84px}.row>:nth-child(3),.row>:nth-child(4){grid-column:auto}.finding dl{grid-template-columns:1fr}}
        @media print{:root{--bg:#fff}body{font-size:11px}main{max-width:none;padding:0}nav{display:none}.card,.verdict,.tile,tr,summary{break-inside:avoid}
        h2{break-after:avoid}.scroll{overflow:visible}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
        """
}
