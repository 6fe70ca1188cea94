import Render

/// The frame of an HTML report: style and script stand in the file, nothing is fetched.
enum HTMLPage {
    static func text(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <title>\(HTMLText.escaped(title))</title>
        <style>
        \(style)
        \(SVGChart.stylesheet)</style>
        </head>
        <body>
        <main>
        \(body)</main>
        <script>
        \(script)
        </script>
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; --back: #fff; --text: #1c2128; --dim: #5c6670; --line: #d5dae0; --soft: #f3f5f7;
          --accent: #0b6bcb; --bar: #8fbdec; --bad: #b42318; }
        @media (prefers-color-scheme: dark) {
          :root { --back: #14181d; --text: #e3e7eb; --dim: #98a2ad; --line: #323a43; --soft: #1c2229; --accent: #6cb2f5;
            --bar: #2f5f8f; --bad: #f28b82; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
        h2 { font-size: 1rem; font-weight: 600; margin: 0 0 .6rem; padding: .45rem .7rem; background: var(--soft);
          border-left: 3px solid var(--accent); border-radius: 0 4px 4px 0; overflow-x: auto; }
        h2 a, .prompt { color: var(--dim); text-decoration: none; font-weight: 400; font-family: ui-monospace, monospace; }
        h4 { font-size: .95rem; margin: 1rem 0 .3rem; }
        figure { margin: .5rem 0; }
        figcaption { color: var(--dim); font-size: .9rem; max-width: 60rem; margin-bottom: .3rem; }
        h3 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
        section { margin: 1.6rem 0 2rem; }
        section.failed h2 { border-color: var(--bad); }
        .basis, .receipt { color: var(--dim); font-size: .85rem; margin: .3rem 0; }
        code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .86rem; }
        code.statement { white-space: pre-wrap; }
        pre { overflow-x: auto; line-height: 1.2; margin: .4rem 0; padding: .6rem .7rem; border: 1px solid var(--line); border-radius: 4px; }
        table { border-collapse: collapse; font-size: .9rem; display: block; overflow-x: auto; max-width: 100%; }
        th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        td { overflow-wrap: anywhere; min-width: 16rem; }
        td.s, td.n { min-width: 0; }
        ul.remarks { margin: .5rem 0; padding-left: 1.2rem; }
        td.s { white-space: nowrap; }
        th { position: relative; white-space: nowrap; }
        th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .js th[data-sorts] { cursor: pointer; }
        th[aria-sort=ascending]::after { content: " \\2191"; }
        th[aria-sort=descending]::after { content: " \\2193"; }
        td.bar { width: 16rem; min-width: 8rem; vertical-align: middle; }
        td.bar i { display: block; height: .8rem; background: var(--bar); border-radius: 2px; min-width: 1px; }
        .cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: .5rem 0; }
        .cards div { border: 1px solid var(--line); border-radius: 4px; padding: .5rem .9rem; }
        .cards dt { color: var(--dim); font-size: .8rem; }
        .cards dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
        .cards small { color: var(--dim); font-size: .8rem; }
        details { margin: .4rem 0; }
        summary { color: var(--dim); cursor: pointer; font-size: .9rem; }
        svg { max-width: 100%; height: auto; }
        @media print { h2 { break-after: avoid; } section { break-inside: avoid-page; } }
        """

    /// Sorts a table by the column whose head is clicked or entered; without it the tables stay as they are.
    private static let script = """
        document.documentElement.classList.add("js");
        for (const table of document.querySelectorAll("table.sortable")) {
          const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
          heads.forEach((head, place) => {
            if (head.classList.contains("bar")) return;
            head.dataset.sorts = ""; head.tabIndex = 0;
            const sort = () => {
              const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.classList.contains("n");
              const key = row => { const cell = row.cells[place]; return cell.dataset.v === undefined ? cell.textContent : +cell.dataset.v; };
              const rows = [...body.rows].sort((a, b) => {
                const x = key(a), y = key(b);
                const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
                return down ? -order : order;
              });
              heads.forEach(other => other.removeAttribute("aria-sort"));
              head.setAttribute("aria-sort", down ? "descending" : "ascending");
              body.append(...rows);
            };
            head.addEventListener("click", sort);
            head.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); } });
          });
        }
        """
}
