import Glibc
import Harness
import Testing

/// What the server says of a transcript that it cannot use, at the start.
@Suite struct DatabaseStartTests {
  private func refusal(
    _ stage: Stage, _ path: String, status: Int32, _ cause: String,
    within seconds: Double = Deadline.usual
  ) throws {
    let port = try FakeServer.freePort()
    let server = try stage.onPipes(.chatserve, ["\(port)", "--database", path])
    #expect(try server.exitStatus(within: seconds) == status)
    #expect(
      server.errorText == "chatserve: the transcript cannot be used: \(cause). "
        + "Mend that, or name another file with --database.\n")
    #expect(server.outputText == "")
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    guard bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) == bytes.count
    else { throw HarnessFailure("writing \(path)") }
  }

  @Test("a file that is no database is left alone and refused")
  func notADatabase() throws {
    try Stage.run { stage in
      let path = stage.home + "/notes.txt"
      try write(Array(String(repeating: "shopping list\n", count: 100).utf8), to: path)
      try refusal(stage, path, status: 74, "\(path) is not a database")
    }
  }

  @Test("a damaged database is refused")
  func corrupt() throws {
    try Stage.run { stage in
      let server = try stage.server()
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let path = stage.database
      let file = open(path, O_WRONLY | O_CLOEXEC)
      // The header stays; the schema behind it goes.
      let rubbish = [UInt8](repeating: 0xa5, count: 4096 - 100)
      #expect(pwrite(file, rubbish, rubbish.count, 100) == rubbish.count)
      close(file)
      try refusal(stage, path, status: 74, "\(path) is damaged")
    }
  }

  @Test("a header that is damaged makes it no database")
  func corruptHeader() throws {
    try Stage.run { stage in
      let server = try stage.server()
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let path = stage.database
      let file = open(path, O_WRONLY | O_CLOEXEC)
      #expect(pwrite(file, Array("xxxxxxxx".utf8), 8, 0) == 8)
      close(file)
      try refusal(stage, path, status: 74, "\(path) is not a database")
    }
  }

  @Test("a transcript of another build is refused, and what to do is said")
  func otherBuild() throws {
    try Stage.run { stage in
      let server = try stage.server()
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let path = stage.database
      try ForeignConnection(path).execute("PRAGMA user_version=99")
      try refusal(
        stage, path, status: 74,
        "\(path) was written by another build of chatserve; use that one for it, or move it away")
    }
  }

  @Test("another program's database is refused and left as it was")
  func foreign() throws {
    try Stage.run { stage in
      let path = stage.home + "/other.db"
      try ForeignConnection(path).execute("CREATE TABLE other (x); PRAGMA application_id=7")
      try refusal(stage, path, status: 74, "\(path) belongs to another program")
    }
  }

  @Test("a database that stays locked for more than 5 s is refused, with 75")
  func locked() throws {
    try Stage.run { stage in
      let server = try stage.server()
      server.process.signal(SIGTERM)
      #expect(try server.process.exitStatus() == 0)
      let other = try ForeignConnection(stage.database)
      try other.execute("BEGIN IMMEDIATE")
      try refusal(
        stage, stage.database, status: 75, "\(stage.database) is locked by another program")
    }
  }

  @Test("a directory where the database should be is refused, with 73")
  func directory() throws {
    try Stage.run { stage in
      let path = stage.home + "/folder"
      mkdir(path, 0o700)
      try refusal(stage, path, status: 73, "\(path) is not a plain file")
    }
  }

  @Test("a place where nothing can be created is refused, with 73")
  func cannotCreate() throws {
    try Stage.run { stage in
      let file = stage.home + "/file"
      try write([1], to: file)
      let path = file + "/below/transcript.db"
      let port = try FakeServer.freePort()
      let server = try stage.onPipes(.chatserve, ["\(port)", "--database", path])
      #expect(try server.exitStatus() == 73)
      #expect(server.errorText.contains("\(path) cannot be created (Not a directory)"))
    }
  }

  @Test(
    "a directory that may not be written is refused, with 77",
    .enabled(if: getuid() != 0, "root may write anywhere"))
  func forbiddenDirectory() throws {
    try Stage.run { stage in
      let directory = stage.home + "/closed"
      mkdir(directory, 0o500)
      let path = directory + "/transcript.db"
      try refusal(stage, path, status: 77, "\(path) may not be used by this user")
    }
  }

  @Test(
    "a read-only file system is refused, with 77",
    .enabled(if: SmallDisk.isAvailable, "only root may mount a file system"))
  func readOnly() throws {
    try Stage.run { stage in
      let disk = try SmallDisk()
      try disk.makeReadOnly()
      let path = disk.directory + "/transcript.db"
      try refusal(stage, path, status: 77, "\(path) is read-only")
    }
  }

  @Test("the transcript is nobody else's to read: directories 0700, files 0600")
  func modes() throws {
    try Stage.run { stage in
      let server = try stage.server()
      _ = try stage.talker("tatyana", on: server.port)
      let directory = stage.home + "/state/chatserve"
      #expect(stage.mode(of: stage.home + "/state") == 0o700)
      #expect(stage.mode(of: directory) == 0o700)
      let files = stage.files(in: directory)
      #expect(files.contains("transcript.db") && files.contains("transcript.db-wal"))
      for file in files { #expect(stage.mode(of: directory + "/" + file) == 0o600, "\(file)") }
    }
  }
}
