import Harness
import Testing
import Transcript

/// `chatserve history` where its output goes nowhere, or not for long.
@Suite struct HistoryPipeTests {
  /// A transcript of which every verb writes more than a pipe holds.
  private func makeLongTranscript(_ stage: Stage) throws -> String {
    let path = stage.home + "/transcript.db"
    let connection = try Connection.forWriting(path)
    try connection.execute(
      """
      INSERT INTO server_run (digest, started_at, pid, boot_id, version, port, handle)
      VALUES (zeroblob(32), 0, 1, 'boot', '1', 1027, 'SERVER');
      CREATE TEMP TABLE number AS
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 3000)
      SELECT n FROM number;
      INSERT INTO conversation (run_id, opened_at, peer_address, peer_port, mode, floor_at)
      SELECT 1, n, '127.0.0.1', 7, 'turns', n FROM number;
      INSERT INTO event (link, conversation_id, at, kind) SELECT zeroblob(32), n, n, 'open' FROM number;
      INSERT INTO event (link, conversation_id, at, kind, party, number, text)
      SELECT zeroblob(32), n, n, 'message', 0, 1, 'beginning ' || n || ' of what is not read to its end' FROM number;
      """)
    return path
  }

  private static let long = [
    "list", "show 1..@", "search beginning", "export", "prune --dry-run --before now",
    "delete --dry-run 1..@",
  ]
  private static let withFormats = long.dropLast(2).flatMap { verb in
    ["text", "tsv", "csv", "json", "json-pretty", "transcript", "markdown", "html"].map {
      "\(verb) -o \($0)"
    }
  }

  @Test("what is cut off by head ends in silence", arguments: long + withFormats)
  func cutOff(verb: String) throws {
    try Stage.run { stage in
      let path = try makeLongTranscript(stage)
      let whole = try stage.bash(#""$0" history \#(verb) --database \#(path) | wc -c"#)
      // More than the pipe takes, or nothing would be cut off.
      #expect(try #require(whole.lines.first.flatMap { Int($0) }) > 65_536)
      try checkCut("\(verb) -q --database \(path)", stage)
    }
  }

  @Test("a tail whose reader has gone ends by itself and in silence")
  func tailWithoutReader() throws {
    try Stage.run { stage in
      let path = try makeLongTranscript(stage)
      try checkCut("tail --database \(path)", stage)
    }
  }

  /// Takes the first line alone. Who started the program may have it die of
  /// SIGPIPE, which is usual, or ignore it.
  private func checkCut(_ arguments: String, _ stage: Stage) throws {
    for (preparation, ends) in [(":", ["141 0", "0 0"]), ("trap '' PIPE", ["0 0"])] {
      let cut = try stage.bash(
        """
        \(preparation)
        "$0" history \(arguments) | head -n 1
        echo "${PIPESTATUS[@]}"
        """)
      #expect(cut.lines.count == 2)
      #expect(ends.contains(cut.lines.last ?? ""))
      #expect(cut.errorText == "")
    }
  }

  private static let all =
    long + [
      "list -c", "show @", "search beginning -n 1", "tail", "stats", "export -c", "verify", "path",
    ]

  @Test(
    "output that cannot be written is a sentence and 74", arguments: all,
    [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")])
  func unwritable(verb: String, output: (place: String, reason: String)) throws {
    try Stage.run { stage in
      let path = try makeLongTranscript(stage)
      let run = try stage.bash(#""$0" history \#(verb) --database \#(path) \#(output.place)"#)
      #expect(try run.exitStatus() == 74)
      #expect(run.errorText == "chatserve: cannot write the output: \(output.reason)\n")
    }
  }

  @Test("export writes into a pipe, and through a link, and leaves both what they are")
  func targets() throws {
    try Stage.run { stage in
      let path = try makeLongTranscript(stage)
      let piped = try stage.bash(
        """
        cd "$HOME" && mkfifo pipe && export CHATSERVE_DATABASE=\(path)
        "$0" history export 1 --output pipe & cat pipe
        wait $! && [ -p pipe ]
        """)
      #expect(try piped.exitStatus() == 0)
      #expect(piped.lines.count == 3)
      let linked = try stage.bash(
        """
        cd "$HOME" && mkdir there && ln -s there/file link && export CHATSERVE_DATABASE=\(path)
        "$0" history export 1 --output there/file && "$0" history export 1..2 --output link
        [ -L link ] && cat there/file
        # What /dev/stdout is, where nothing is lost when it is replaced.
        ln -s /proc/self/fd/1 stdout
        "$0" history export 1 --output stdout > there/file && wc -l < there/file
        """)
      #expect(try linked.exitStatus() == 0)
      #expect(linked.lines.count == 7)
      #expect(linked.lines.last == "3")
      #expect(stage.files(in: stage.home + "/there") == ["file"])
    }
  }

  @Test("without standard error what is found is shown all the same")
  func withoutErrors() throws {
    try Stage.run { stage in
      let path = try makeLongTranscript(stage)
      let found = try stage.bash(#""$0" history show 1 -o tsv --database \#(path) <&- 2>&-"#)
      #expect(try found.exitStatus() == 0)
      #expect(found.seqs == [1, 3001])
      let nothing = try stage.bash(#""$0" history search nothing --database \#(path) 2>&-"#)
      #expect(try nothing.exitStatus() == 1)
    }
  }
}
