/// What is around everything in a page.
enum HTMLPage {
  /// The policy lets nothing be loaded or run, whatever gets into the page.
  static let head: StaticString = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Conversations</title>
    <style>
    :root { --ink: #1b1b1b; --paper: #fff; --faint: #6a6a6a; --client: #0b5c6b; --server: #2c6a1c; --mark: #fff3c4 }
    @media (prefers-color-scheme: dark) {
    :root { --ink: #e6e6e6; --paper: #161616; --faint: #9a9a9a; --client: #6cc9da; --server: #8fd07a; --mark: #4a3f10 }
    }
    body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
    h2 { font-size: 1.1rem; margin: 2rem 0 0 } p, time, .note { color: var(--faint) }
    p { margin: 0 } ol { list-style: none; margin: 0; padding: 0; content-visibility: auto; contain-intrinsic-size: auto 75rem }
    p + ol { margin-top: 1rem }
    li { padding-left: 5.5rem; text-indent: -5.5rem; overflow-wrap: anywhere }
    time { font-variant-numeric: tabular-nums } li time { display: inline-block; width: 5rem; text-indent: 0 }
    .client b { color: var(--client) } .server b { color: var(--server) } .match { background: var(--mark) }
    .text { white-space: pre-wrap }
    table { border-collapse: collapse } th, td { text-align: left; padding: .1rem .8rem .1rem 0 }
    .week td { width: 1.2rem; height: 1.2rem; padding: 0; background: color-mix(in srgb, var(--server) var(--share, 0%), var(--paper)); border: 1px solid var(--paper) }
    .week th { padding: 0 .4rem 0 0; font-weight: normal; color: var(--faint) } tr:first-child th { overflow: visible; max-width: 1.2rem }
    .bars { width: 100% } .bars th { font-weight: normal; white-space: nowrap; color: var(--faint) } .bars td { text-align: right } .bars td:last-child { width: 100%; padding: .1rem 0 }
    .bars div { height: .9rem; background: var(--client) }
    @media print {
    :root { --ink: #000; --paper: #fff; --faint: #444; --client: #000; --server: #000; --mark: #eee }
    h2 { break-after: avoid } li { break-inside: avoid } ol { content-visibility: visible }
    }
    </style>
    </head>
    <body>

    """

  static let end: StaticString = "</body>\n</html>\n"
}
