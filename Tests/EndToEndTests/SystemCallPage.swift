import ChatPosix
import Glibc
import Harness
import Testing

/// As docs/system-calls.md and the program `contained` name them.
enum SystemCallRole: String, CaseIterable {
  case conversation, unrecorded, keeper, client, desk, signer, dialer

  /// The names that the page has for several.
  static func named(_ word: Substring) -> Set<SystemCallRole>? {
    switch word {
    case "all": Set(allCases)
    case "terminal": Set(allCases).subtracting([.keeper, .signer, .dialer])
    case "peer": [.conversation, .unrecorded, .client]
    case "database": [.conversation, .keeper]
    case "operator": [.conversation, .unrecorded, .desk]
    case "handed": Set(allCases).subtracting([.keeper])
    case "opener": [.conversation, .keeper, .dialer]
    case "connected": [.conversation, .unrecorded, .client, .dialer]
    case "dialer": [.dialer]
    default: nil
    }
  }
}

/// The table of docs/system-calls.md.
struct SystemCallPage {
  struct Row {
    var name: String
    var roles: Set<SystemCallRole>
    /// Whether the page says what its arguments must be.
    var isJudged: Bool
    /// One of x86_64's older calls, which aarch64 never had.
    var isOld: Bool
  }

  private(set) var rows: [Row] = []

  init() throws {
    let text = try #require(SmallFile.read("\(Repository.root)/docs/system-calls.md"))
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.drop { $0 == " " } }.dropFirst().dropLast()
      try #require(cells.count == 4, "\(line)")
      let (name, roles, only, why) = (cells[1], cells[2], cells[3], cells[4])
      let isJudged = only.contains { $0 != " " }
      rows.append(
        Row(
          name: name.filter { $0 != "`" && $0 != " " },
          roles: try #require(SystemCallRole.named(roles.prefix { $0 != " " }), "\(line)"),
          isJudged: isJudged, isOld: why.contains("x86_64")))
    }
    try #require(!rows.isEmpty)
  }

  /// The numbers that the filter's own table has for its names.
  func numbers(_ stage: Stage) throws -> (byName: [String: UInt64], names: [UInt64: String]) {
    let process = try stage.onPipes(.contained, ["table"])
    #expect(try process.exitStatus() == 0, "\(process.evidence)")
    var byName: [String: UInt64] = [:]
    for line in process.outputText.split(separator: "\n") {
      let words = line.split(separator: " ")
      byName["\(words[0])"] = UInt64(words[1])
    }
    return (byName, Dictionary(byName.map { ($1, $0) }) { name, _ in name })
  }
}
