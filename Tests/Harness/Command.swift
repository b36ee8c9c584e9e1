import Glibc

/// A short command run to its end, for what it prints.
public struct Command {
  private let path: String
  private let arguments: [String]
  private let environment: [String: String]

  public struct Result {
    /// What came out of standard output and standard error.
    public var output: [UInt8]
    /// As waitpid(2) gives it: 0 when all went well.
    public var status: Int32

    public var text: String { String(decoding: output, as: UTF8.self) }
  }

  public init(path: String, arguments: [String], environment: [String: String]) {
    self.path = path
    self.arguments = arguments
    self.environment = environment
  }

  /// Runs it with an empty standard input.
  public func run() throws -> Result {
    let pipe = try Pipe()
    defer { close(pipe.read) }
    let processID: pid_t
    do {
      let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
      defer {
        close(nothing)
        close(pipe.write)
      }
      processID = try Spawn(
        path: path, arguments: arguments, environment: environment,
        streams: .descriptors(input: nothing, output: pipe.write, error: pipe.write)
      ).start()
    }
    let output = Descriptor.readAvailable(pipe.read)
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0, errno == EINTR {}
    return Result(output: output, status: status)
  }
}
