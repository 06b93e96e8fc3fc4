// SPDX-License-Identifier: Apache-2.0
package io.memlock.picture;

/** Holds the style of the page, for light and dark screens, paper and phones. */
final class Style {

    /** Classes {@code r-heap} and so on are the regions. Words have a contrast of at least 4.5 to 1. */
    static final String CSS =
            """
            :root{--bg:#fbfbfa;--card:#fff;--ink:#1c2024;--soft:#59616a;--line:#dfe2e6;
            --good:#18794e;--warn:#8f5200;--bad:#c02a2a;--locked:#2a9d6a;--resident:#f0a732;--swapped:#d63d3d;--untouched:#d7dbe0}
            @media(prefers-color-scheme:dark){:root{--bg:#111417;--card:#191d21;--ink:#e9ecef;--soft:#a3acb5;--line:#30363c;
            --good:#5bd49a;--warn:#f2b65a;--bad:#ff8f8a;--locked:#35b27c;--resident:#e5a03a;--swapped:#ee5f5b;--untouched:#3b434b}}
            *{box-sizing:border-box}
            body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 4rem;background:var(--bg);color:var(--ink);
            font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
            h1{font-size:1.5rem;line-height:1.25;margin:0}h2{font-size:1.1rem;margin:0 0 .6rem}
            .when{color:var(--soft);margin:.25rem 0 1.25rem}
            section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.1rem;margin:0 0 1rem}
            p{margin:.4rem 0}
            strong{margin-right:.3rem}
            .OK{color:var(--good)}.WARNING,.WARN,.UNKNOWN{color:var(--warn)}.CRITICAL,.FAIL{color:var(--bad)}.NOTE{color:var(--soft)}
            .verdict{font-size:1.1rem}
            dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:1rem 0 0}
            dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums}
            .legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.85rem;color:var(--soft);margin-bottom:.6rem}
            i{display:inline-block;width:.75em;height:.75em;border-radius:3px;margin-right:.4em;background:var(--c)}
            rect{fill:var(--c)}
            .locked{--c:var(--locked)}.resident{--c:var(--resident)}.swapped{--c:var(--swapped)}.untouched{--c:var(--untouched)}
            .faults{--c:var(--bad)}polyline{fill:none;stroke:var(--c);stroke-width:2;vector-effect:non-scaling-stroke}
            .lines{display:block;width:100%;height:9rem;border-bottom:1px solid var(--line)}
            .r-heap{--c:#3b82d6}.r-code{--c:#e0762f}.r-metaspace{--c:#8e63ce}.r-stacks{--c:#2fa39a}.r-gc{--c:#c9a227}.r-cds{--c:#d65f9b}
            .r-native{--c:#5aa846}.r-libs{--c:#8a6d52}.r-shm{--c:#4b6fae}.r-mapped{--c:#b04a4a}.r-other{--c:#8b949e}
            .scroll{overflow-x:auto}:focus-visible{outline:3px solid #3b82d6;outline-offset:2px}
            table{border-collapse:collapse;width:100%;font-size:.875rem;white-space:nowrap}
            caption{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}
            th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
            thead th{color:var(--soft);font-weight:500}tfoot *{font-weight:600;border:0}
            .n{text-align:right;font-variant-numeric:tabular-nums}
            details th,code{font-family:ui-monospace,monospace;font-weight:400}
            .others *{color:var(--soft)}
            .bar{display:block;width:100%;min-width:9rem;height:14px}.strip{display:block;width:100%;height:26px;border-radius:5px}
            figure{margin:.6rem 0}figcaption{font-size:.85rem;color:var(--soft)}
            summary{cursor:pointer;padding:.35rem 0}
            ul{padding-left:1.1rem;margin:0}li{margin:.35rem 0}
            .remedy{white-space:pre-wrap;border-left:3px solid var(--line);padding-left:.7rem;color:var(--soft)}
            @media print{details>*{display:block}}
            """;

    private Style() {}
}
