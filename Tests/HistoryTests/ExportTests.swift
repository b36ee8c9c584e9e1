import ChatCore
import ChatPosix
import Glibc
import Testing

@testable import History

@Suite struct ExportTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
  }

  private func bytes(_ path: String) -> String? {
    SystemFile.bytes(at: path).map { String(decoding: $0, as: UTF8.self) }
  }

  private func names() -> [String] {
    var names: [String] = []
    guard let handle = opendir(fixture.directory) else { return [] }
    defer { closedir(handle) }
    while let entry = readdir(handle) {
      names.append(
        withUnsafePointer(to: entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0.hasPrefix("out") }.sorted()
  }

  @Test(arguments: ["json", "csv", "tsv", "text", "transcript", "markdown", "html"])
  func `a file holds what a pipe would get`(_ format: String) throws {
    let pipe = try fixture.history("export", "-o", format)
    let path = fixture.directory + "/out"
    let file = try fixture.history("export", "-o", format, "--output", path, columns: 40)
    #expect(file.exit == 0)
    #expect(file.output.isEmpty)
    #expect(bytes(path) == pipe.output)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(names() == ["out"])
  }

  @Test func `a file that cannot be written is named, and nothing is left`() throws {
    let result = try fixture.history("export", "--output", "/nowhere/out")
    #expect(result.exit == 74)
    #expect(
      result.errors == "chatserve: cannot write /nowhere/out: No such file or directory\n")
    // A directory cannot be replaced by a file.
    let path = fixture.directory + "/out"
    mkdir(path, 0o700)
    #expect(try fixture.history("export", "--output", path).exit == 74)
    #expect(names() == ["out"])
    rmdir(path)
  }

  /// The names below which the transcript lies, and links to each.
  @Test(arguments: ["", "-wal", "-shm", "-journal", "-lock"])
  func `the transcript is never what is written to`(_ ending: String) throws {
    let own = fixture.path + ending
    let link = fixture.directory + "/out-link"
    let linkToLink = fixture.directory + "/out-link2"
    #expect(symlink(own, link) == 0)
    #expect(symlink("out-link", linkToLink) == 0)
    var names = [own, fixture.directory + "/./transcript.db" + ending, link, linkToLink]
    let hardLink = fixture.directory + "/out-hard"
    if Glibc.link(own, hardLink) == 0 { names.append(hardLink) }
    let before = bytes(own)
    for name in names {
      let result = try fixture.history("export", "--output", name)
      #expect(result.exit == 64, "\(name)")
      #expect(
        result.errors
          == "chatserve: \(name) is the transcript itself, or a file of it; name another\n")
      // Readers leave marks in the -shm.
      if ending != "-shm" { #expect(bytes(own) == before, "\(name)") }
    }
    #expect(try fixture.history("list").exit == 0)
  }

  @Test func `the transcript behind a link is known too`() throws {
    let link = fixture.directory + "/out.db"
    #expect(symlink("transcript.db", link) == 0)
    let result = try Fixture.history(
      ["export", "--database", link, "--output", fixture.path + "-journal"])
    #expect(result.exit == 64)
    #expect(try Fixture.history(["export", "--database", link, "--output", link]).exit == 64)
  }

  @Test func `a link stays, and what it leads to is whole or as it was`() throws {
    mkdir(fixture.directory + "/out.d", 0o700)
    let target = fixture.directory + "/out.d/target"
    let link = fixture.directory + "/out"
    defer {
      unlink(target)
      rmdir(fixture.directory + "/out.d")
    }
    #expect(symlink("out.d/target", link) == 0)
    // To nothing yet.
    #expect(try fixture.history("export", "--output", link).exit == 0)
    let whole = try #require(bytes(target))
    #expect(whole == (try fixture.history("export").output))
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)

    for number in 0..<1200 { try fixture.say(2, at: "2026-03-01T14:11:00", .client, "\(number)") }
    let result = try fixture.history("export", "--output", link) { $0.wait = { _ in .interrupted } }
    #expect(result.exit == 130)
    #expect(bytes(target) == whole)
    #expect(names() == ["out", "out.d"])
  }

  @Test func `links that lead round in a circle are named`() throws {
    let link = fixture.directory + "/out"
    #expect(symlink("out", link) == 0)
    let result = try fixture.history("export", "--output", link)
    #expect(result.exit == 74)
    #expect(result.errors == "chatserve: cannot write \(link): Too many levels of symbolic links\n")
  }

  @Test func `a pipe is written to, whatever name it has`() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { close(ends[0]) }
    // Of the process itself, by way of /dev/fd and of /proc.
    for name in ["/dev/fd/\(ends[1])", "/proc/self/fd/\(ends[1])"] {
      #expect(try fixture.history("export", "-n1", "--output", name).exit == 0)
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(ends[0], &buffer, buffer.count)
      let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
      #expect(text == (try fixture.history("export", "-n1").output))
    }
    close(ends[1])
  }

  @Test func `an interrupted export leaves what was there`() throws {
    let path = fixture.directory + "/out"
    #expect(try fixture.history("export", "--output", path).exit == 0)
    let before = bytes(path)
    for number in 0..<1200 {
      try fixture.say(2, at: "2026-03-01T14:11:00", .client, "\(number)")
    }
    var meanwhile: [String] = []
    let result = try fixture.history("export", "--output", path) {
      $0.wait = { _ in
        meanwhile += names()
        return .interrupted
      }
    }
    #expect(result.exit == 130)
    #expect(bytes(path) == before)
    #expect(names() == ["out"])
    // What is written has no name yet, so that a kill leaves nothing either;
    // some file systems cannot do that.
    if let unnamed = FileDescriptor.createUnnamed(in: FilePath(fixture.directory)) {
      unnamed.closeOnce()
      #expect(meanwhile == ["out"])
    }
  }

  @Test func `a page stands alone`() throws {
    let page = try fixture.history("export", "-o", "html").output
    #expect(page.hasPrefix("<!DOCTYPE html>\n"))
    #expect(page.hasSuffix("</html>\n"))
    for word in ["http:", "https:", "src=", "href=", "<script", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    for word in ["prefers-color-scheme: dark", "@media print", "default-src 'none'"] {
      #expect(page.contains(word), "\(word)")
    }
  }

  @Test func `Markdown`() throws {
    #expect(
      try fixture.history("show", "2", "-o", "markdown").output == #"""
        ## Conversation 2: mike with SERVER

        Opened 2026-03-01T14:10:12.207-08:00 from 127\.0\.0\.1\:50240 to port 1027.

        - 14:10:12 *connection opened*
        - 14:10:15 *handle mike*
        - 14:10:31 **mike:** hi
        - *no close was logged; the server stopped before 2026-03-01T15:02:00.000-08:00*

        """#)
  }

  @Test func `CSV`() throws {
    #expect(
      try fixture.history("list", "-o", "csv", "-n1").output == """
        id,client,server,peer,port,opened,closed,state,ended_by,reason,last_event,ended_before,messages
        2,mike,SERVER,127.0.0.1:50240,1027,2026-03-01T22:10:12.207Z,,lost,,,2026-03-01T22:10:31.440Z,\
        2026-03-01T23:02:00.000Z,1

        """)
    try fixture.say(2, at: "2026-03-01T14:11:00", .client, "a \"b\", c")
    #expect(
      try fixture.history("show", "2", "-o", "csv", "-n1").output == """
        seq,conversation,time,kind,from,handle,text,text_base64,held,reason,peer,port
        9,2,2026-03-01T22:11:00.000Z,message,client,mike,"a ""b"", c",,,,,

        """)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `base 64 is that of RFC 4648`(_ text: String, _ encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
  }
}

/// What a later version recorded: shown as it is, passed on by every export.
@Suite struct UnknownWordsTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture.samples()
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, text, detail)
      VALUES (zeroblob(32), 2, ?1, 'knock', 0, 'tok' || char(27) || 'en', 'after 3 s')
      """, try Fixture.time("2026-03-01T14:11:00"))
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, party, reason)
      VALUES (zeroblob(32), 2, ?1, 'close', 0, 'moved')
      """, try Fixture.time("2026-03-01T14:12:00"))
    try fixture.insert("UPDATE conversation SET dialect = 'quic', mode = 'choir' WHERE id = 2")
  }

  @Test(arguments: [
    ("text", ["* knock: tok\\x1ben: after 3 s", "* connection closed: client moved"]),
    ("tsv", ["\tknock\tclient\tmike\ttok\\x1ben", "\tclose\tclient\tmike\tmoved"]),
    ("csv", [",knock,client,mike,\"tok\u{1b}en\",,,,,", ",close,client,mike,,,,moved,,"]),
    (
      "json",
      [
        #""kind":"knock","from":"client","handle":"mike","text":"tok\u001ben","detail":"after 3 s"}"#,
        #""kind":"close","from":"client","handle":"mike","reason":"moved"}"#,
      ]
    ),
    ("markdown", [#"*knock\: tok\\x1ben\: after 3 s*"#, #"*connection closed\: client moved*"#]),
    ("html", ["knock: tok\\x1ben: after 3 s", "connection closed: client moved"]),
    ("transcript", ["Connection with client was lost."]),
  ])
  func `each format has it`(_ format: String, _ expected: [String]) throws {
    let output = try fixture.history("export", "2", "-o", format).output
    for part in expected { #expect(output.contains(part), "\(output)") }
  }

  @Test func `the list and a filter have it`() throws {
    #expect(try fixture.history("list", "-o", "tsv").output.contains("\tclient-moved\n"))
    #expect(try fixture.history("list", "-o", "json").output.contains(#""reason":"moved""#))
    #expect(try fixture.history("export", "2", "--kind", "close", "-c").output == "1\n")
    #expect(try fixture.history("stats").exit == 0)
  }
}
