import ChatCore
import ChatPosix
import ChatProgram
import ChatServer

/// What a service manager gives a server that it starts.
enum Activation {
  /// The socket that it passed; `nil` without one. What cannot be listened at, or is not
  /// where the command line says, ends the program.
  static func take(port: String?, address: String?) -> ListeningSocket? {
    do throws(ActivationError) {
      guard let socket = try ActivatedSocket.take() else { return nil }
      if let port, UInt16(port) != socket.boundPort {
        ProgramExit.configuration.leave(UserMessages.otherPort(port, socket.boundPort))
      }
      if address != nil { ProgramExit.configuration.leave(UserMessages.addressOfSocket) }
      return socket
    } catch {
      ProgramExit.configuration.leave(UserMessages.sentence(error))
    }
  }

  /// Nothing is read, and what is said is in the transcript alone: standard error is left
  /// for notices.
  static func dropTerminal() {
    do throws(SystemCallError) {
      let null = try StandardDescriptors.openNull()
      try StandardDescriptors.replace(input: null, output: null, error: .standardError)
      null.closeOnce()
    } catch {
      ProgramExit.osError.leave(SharedWords.system(error, program: "chatserve"))
    }
  }
}
