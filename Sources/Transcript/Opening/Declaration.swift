import Schema

/// A table, an index, a view or a trigger of a database.
struct Declaration: Hashable {
  var type: String
  var name: String
  /// The table that it is on; of a table and a view, its own name.
  var table: String
  /// As it was made; empty for what SQLite makes by itself.
  var sql: String
}

/// What the schema declares, beside what is in a file.
///
/// A trigger can take away what was recorded, a view in place of a table can
/// have no end, and an index can call functions: what somebody adds to the
/// transcript's own tables is not a curiosity. Tables of other programs, as those
/// of Litestream, are nobody's harm.
enum Declarations {
  /// Those of the schema.
  static let own = parse(Schema.sql)

  private static let ownTables = Set(own.filter { $0.type == "table" }.map(\.name))
  private static let indexTables = ["message_fts", "message_fts_2"]
  /// The tables that FTS5 makes for itself, whose declarations belong to the
  /// SQLite that made them
  /// (https://www.sqlite.org/fts5.html#fts5_data_structures).
  private static let shadows = Set(
    indexTables.flatMap { table in
      ["data", "idx", "docsize", "config", "content"].map { "\(table)_\($0)" }
    })

  /// What a database has.
  static func found(_ connection: Connection) throws(TranscriptError) -> [Declaration] {
    let select = try connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")
    var found: [Declaration] = []
    while try select.step() {
      found.append(
        Declaration(
          type: select.text(at: 0), name: select.text(at: 1), table: select.text(at: 2),
          sql: select.text(at: 3)))
    }
    return found
  }

  /// Those of the schema that are missing in `found`, or declared otherwise.
  static func missing(in found: [Declaration]) -> [Declaration] {
    own.subtracting(found).sorted { $0.name < $1.name }
  }

  /// What in `found` was put on the transcript's own tables, or may be in their
  /// way.
  static func foreign(in found: [Declaration]) -> [Declaration] {
    found.filter { declaration in
      if own.contains(declaration) { return false }
      switch declaration.type {
      // One in another form is missing in its own.
      case "table": return false
      case "index":
        // What SQLite makes for UNIQUE has no words of its own.
        let isAutomatic = declaration.sql.isEmpty && declaration.name.hasPrefix("sqlite_autoindex_")
        return !isAutomatic && (ownTables.union(shadows)).contains(declaration.table)
      default: return true
      }
    }
  }

  /// The tables of other programs.
  static func others(in found: [Declaration]) -> [String] {
    found.filter { declaration in
      declaration.type == "table" && !ownTables.contains(declaration.name)
        && !shadows.contains(declaration.name) && !declaration.name.hasPrefix("sqlite_")
    }.map(\.name).sorted()
  }

  /// Makes sure that the transcript is declared as the schema declares it, and
  /// that nothing was added to it.
  ///
  /// - Throws: `altered`, whose message is the name of the first that is not so.
  static func check(_ connection: Connection) throws(TranscriptError) {
    let found = try found(connection)
    guard let wrong = foreign(in: found).first ?? missing(in: found).first else { return }
    throw TranscriptError(
      .altered, path: connection.path, message: "\(wrong.type) \(wrong.name)")
  }

  /// The statements of a script of ours: each begins at the beginning of a line
  /// with CREATE, and ends with a semicolon before the end of a line or a comment.
  private static func parse(_ script: String) -> Set<Declaration> {
    var declarations: Set<Declaration> = []
    var statement = ""
    for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
      if statement.isEmpty, !line.hasPrefix("CREATE ") { continue }
      statement += line
      let code = (line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line)
      guard code.last(where: { $0 != " " }) == ";", let end = statement.lastIndex(of: ";") else {
        statement += "\n"
        continue
      }
      declarations.insert(declaration(String(statement[..<end])))
      statement = ""
    }
    return declarations
  }

  private static func declaration(_ sql: String) -> Declaration {
    let words = sql.split(maxSplits: 8, whereSeparator: { " \n(".contains($0) })
    var rest = words.dropFirst()
    if rest.first == "UNIQUE" || rest.first == "VIRTUAL" { rest = rest.dropFirst() }
    let type = rest.popFirst()?.lowercased() ?? ""
    let name = rest.popFirst().map(String.init) ?? ""
    // CREATE INDEX name ON table.
    let table = type == "index" ? rest.dropFirst().first.map(String.init) ?? "" : name
    return Declaration(type: type, name: name, table: table, sql: sql)
  }
}
