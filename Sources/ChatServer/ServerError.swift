import ChatPosix
import Transcript

/// Why a server cannot start.
public enum ServerError: Error {
  case cannotListen(port: UInt16, address: String?, ListenError)
  case transcript(TranscriptError)
  /// The keeper died before it could say that the transcript is ready.
  case keeperDied(ExitStatus)
  case system(SystemCallError)
}
