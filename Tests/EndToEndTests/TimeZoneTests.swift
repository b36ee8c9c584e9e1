import Glibc
import Harness
import Testing

@Suite struct TimeZoneTests {
  /// Seconds east of UTC: a place that no machine is in, so that neither UTC
  /// nor the machine's own time passes for it.
  private static let offset = 5 * 3600 + 37 * 60

  /// The file of that place, tzfile(5): no change ever, one kind of time.
  private func makeZone(in stage: Stage) throws -> String {
    let east = withUnsafeBytes(of: UInt32(Self.offset).bigEndian, Array.init)
    let counts: [UInt8] = [0, 0, 0, 0, 1, 4].flatMap { [0, 0, 0, $0] }
    let bytes =
      Array("TZif".utf8) + [UInt8](repeating: 0, count: 16) + counts + east + [0, 0]
      + Array("ABC\0".utf8)
    let path = stage.home + "/zone"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    defer { close(file) }
    try #require(write(file, bytes, bytes.count) == bytes.count)
    return ":" + path
  }

  @Test func aContainedConversationKnowsThePlacesTime() throws {
    try Stage.run { stage in
      stage.timeZone = try makeZone(in: stage)
      let server = try stage.pipedServer("--mode", "free", "--timestamps")
      let earliest = time(nil)
      let peer = try stage.nativePeer("tatyana", on: server.port)
      try peer.send("say 1 hi\0")
      try peer.waitFor("ack 1\0")
      try server.process.waitFor(" tatyana> hi\n")
      let latest = time(nil)
      let line = try #require(
        server.process.outputText.split(separator: "\n").first { $0.hasSuffix("tatyana> hi") })
      #expect((earliest...latest).map(Self.clock).contains(String(line.prefix(8))))
    }
  }

  @Test(
    "history shows the times of a zone as date(1) does",
    arguments: ["Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "local", "utc", "-03:30"])
  func shown(zone: String) throws {
    try Stage.run { stage in
      stage.timeZone = "Pacific/Marquesas"
      try recordedTalk(in: stage)
      let line = try stage.bash(
        """
        utc=$("$0" history list -o json | grep -o '"opened":"[^"]*"' | cut -d '"' -f 4)
        case \(zone) in
          local) ;;
          utc) TZ=UTC0 ;;
          # A rule of TZ counts west.
          -03:30) TZ='<x-03>3:30' ;;
          *) TZ=\(zone) ;;
        esac
        date=$(TZ=$TZ date -d "$utc" +%FT%T.%3N%:z)
        [ \(zone) = utc ] && date=${date%+00:00}Z
        shown=$(TZ=Pacific/Marquesas "$0" history list --tz=\(zone) | cut -f 2)
        echo "$date $shown"
        """)
      let parts = try #require(line.lines.first).split(separator: " ")
      #expect(parts.count == 2 && parts[0] == parts[1], "\(line.outputText)\(line.errorText)")
    }
  }

  @Test(
    "what is no zone is refused, whatever file it leads to",
    arguments: ["Mars/Base", "../../../etc/passwd", "/etc/localtime", "tzdata.zi", "America", ""])
  func refused(zone: String) throws {
    try Stage.run { stage in
      try recordedTalk(in: stage)
      let run = try stage.onPipes(.chatserve, ["history", "list", "--tz", zone])
      #expect(try run.exitStatus() == 64)
      #expect(run.outputText == "")
      #expect(run.errorText.hasPrefix("chatserve: --tz ") && run.errorText.contains("\"\(zone)\""))
    }
  }

  private func recordedTalk(in stage: Stage) throws {
    let server = try stage.pipedServer("--mode", "free")
    let peer = try stage.nativePeer("tatyana", on: server.port)
    try peer.send("say 1 hi\0")
    try peer.waitFor("ack 1\0")
  }

  /// What a clock there shows: `14:02:09`.
  private static func clock(_ seconds: time_t) -> String {
    let ofDay = (seconds + offset) % 86400
    return [ofDay / 3600, ofDay / 60 % 60, ofDay % 60]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
