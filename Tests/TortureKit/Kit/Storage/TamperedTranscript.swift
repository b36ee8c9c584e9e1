import CSQLite
import Glibc
import Harness
import Transcript

/// What another local user can have done to a transcript before it is used: the
/// server refuses it with a sentence, and so does `history`, at once.
public enum TamperedTranscript: String, CaseIterable, Sendable {
  case readByAll
  case writtenByAll
  case secondName
  case openDirectory
  case pipeForLog
  case vanishingMessages
  case endlessView
  case callingIndex

  /// Reading a copy that others may read, or have by another name, harms nobody.
  private var isRefusedToReaders: Bool {
    ![.readByAll, .secondName].contains(self)
  }

  /// - Returns: what the server said.
  /// - Throws: ``TortureFailure``, that it was used all the same.
  public func run() throws -> String {
    var sentence = ""
    try Stage.run { stage in
      let directory = stage.home + "/state"
      let path = directory + "/transcript.db"
      do {
        let writer = try TranscriptWriter(path: path)
        try writer.connection.execute("INSERT INTO handle (name) VALUES ('bob')")
      }
      try tamper(path, directory)
      let server = try stage.onPipes(
        .chatserve, ["\(try FakeServer.freePort())", "--database", path])
      let status = try server.exitStatus(within: 20)
      try hold(status == 74, "the server ended with \(status): \(server.evidence)")
      sentence = server.errorText
      try hold(
        sentence.hasPrefix("chatserve: the transcript cannot be used: "), "it said \(sentence)")
      for verb in [["list"], ["show", "1..2"], ["stats"], ["search", "x"]] {
        let reader = try stage.onPipes(.chatserve, ["history"] + verb + ["--database", path])
        let status = try reader.exitStatus(within: 20)
        if isRefusedToReaders {
          try hold(status == 74, "\(verb) ended with \(status): \(reader.evidence)")
        }
      }
    }
    return sentence.split(separator: "\n").first.map(String.init) ?? ""
  }

  private func tamper(_ path: String, _ directory: String) throws {
    switch self {
    case .readByAll: chmod(path, 0o644)
    case .writtenByAll: chmod(path, 0o666)
    case .secondName: link(path, directory + "/mine.db")
    case .openDirectory: chmod(directory, 0o777)
    case .pipeForLog:
      unlink(path + "-wal")
      mkfifo(path + "-wal", 0o600)
    case .vanishingMessages:
      try run(
        path,
        "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event WHERE id = new.id; END")
    case .endlessView:
      try run(
        path,
        """
        ALTER TABLE server_run RENAME TO hidden; CREATE VIEW server_run AS
        WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)
        SELECT id, 1 AS started_at, 1 AS stopped_at, 1 AS port, 'x' AS handle FROM n
        """)
    case .callingIndex: try run(path, "CREATE INDEX i ON event (abs(at))")
    }
  }

  private func run(_ path: String, _ sql: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close_v2(database) }
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
      sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK
    else { throw TortureFailure("tampering: \(sql)") }
  }
}
