import CPosix
import CallProbe
import ChatPosix
import Glibc

/// Asks the filter of a contained process about system calls, none of which is
/// made:
///
///     contained table                    the filter's list: a name and its number a line
///     contained ROLE DIRECTORY < CALLS   what becomes of each
///     contained reach DIRECTORY FILE PID what a conversation that was taken over gets of
///                                        a file and of a process, by calls that are made
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
    if arguments.first == "reach", arguments.count == 4, let process = Int(arguments[4]) {
      reach(arguments[3], process, from: arguments[2])
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

  private static func reach(_ file: String, _ process: Int, from directory: String) {
    let urandom: [FilePath] = ["/dev/urandom"]
    let containment = Containment(
      .conversation, directory: FilePath(directory), readableFiles: urandom)
    guard containment.apply().isEmpty else { exit(71) }
    func error(_ result: Int) -> Int32 { result < 0 ? errno : 0 }
    let answers = [
      ("read", error(Int(open(file, O_RDONLY)))),
      ("write", error(Int(open(file, O_WRONLY)))),
      ("link", error(Int(link(file, directory + "/stolen")))),
      ("rename", error(Int(rename(file, directory + "/stolen")))),
      ("memory", error(Int(open("/proc/\(process)/mem", O_RDONLY)))),
      ("attach", probe_process(PROBE_ATTACH, pid_t(process))),
      ("seize", probe_process(PROBE_SEIZE, pid_t(process))),
      ("vm", probe_process(PROBE_MEMORY, pid_t(process))),
      ("pidfd", probe_process(PROBE_PIDFD, pid_t(process))),
      ("signal", error(Int(kill(pid_t(process), SIGKILL)))),
    ]
    let text = answers.map { "\($0.0) \($0.1)\n" }.joined()
    guard (try? StandardOutput.write(text)) != nil else { exit(74) }
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
    case "signer": Containment(.signer)
    case "dialer": Containment(.dialer)
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
