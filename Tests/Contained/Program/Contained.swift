import CPosix
import CallProbe
import ChatPosix
import Glibc

/// Asks the filter of a contained process about system calls, none of which is
/// made:
///
///     contained table                    the filter's list: a name and its number a line
///     contained ROLE DIRECTORY < CALLS   what becomes of each
///
/// A call is a line of its number and up to five arguments, `self` for this
/// process's id; or `int80`. Its answer is a line: `allowed`, or the error.
@main
enum Contained {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "table" {
      print(table.map { "\($0.name) \($0.number)" }.joined(separator: "\n"))
      return
    }
    guard let role = arguments.first.flatMap(containment),
      let directory = arguments.dropFirst().first
    else { exit(64) }
    var calls: [String] = []
    while let line = readLine() { calls.append(line) }
    var containment = role
    if containment.directory != nil { containment.directory = FilePath(directory) }
    guard probe_install() == 0, containment.apply()[.calls] == nil else { exit(71) }
    let answers = calls.map { answer($0) + "\n" }.joined()
    guard (try? StandardOutput.write(answers)) != nil else { exit(74) }
  }

  private static var table: [(name: String, number: Int32)] {
    var rows: [(name: String, number: Int32)] = []
    var number: Int32 = 0
    while let name = cposix_call_name(Int32(rows.count), &number) {
      rows.append((String(cString: name), number))
    }
    return rows
  }

  /// By the names of docs/system-calls.md.
  private static func containment(_ role: String) -> Containment? {
    switch role {
    case "conversation": Containment(.conversation, directory: "")
    case "unrecorded": Containment(.conversation)
    case "keeper": Containment(.keeper, directory: "")
    case "client": Containment(.client)
    case "desk": Containment(.idleDesk)
    default: nil
    }
  }

  private static func answer(_ call: String) -> String {
    let errno: Int32
    if call == "int80" {
      errno = probe_int80()
    } else {
      var words = call.split(separator: " ").map { word in
        word == "self" ? UInt64(getpid()) : UInt64(word) ?? 0
      }
      let number = words.isEmpty ? 0 : words.removeFirst()
      words += Array(repeating: 0, count: max(0, 5 - words.count))
      errno = probe_call(Int(number), words)
    }
    return switch errno {
    case 0: "allowed"
    case EPERM: "EPERM"
    case ENOSYS: "ENOSYS"
    default: "error \(errno)"
    }
  }
}
