import Glibc

extension Fixture {
  /// Writes garbage over a page of the file, past SQLite.
  func overwrite(page: Int) throws {
    let descriptor = Glibc.open(path, O_WRONLY)
    guard descriptor >= 0 else { throw Fixture.FixtureError() }
    defer { _ = Glibc.close(descriptor) }
    let garbage = [UInt8](repeating: 0xa5, count: 4096)
    let count = pwrite(descriptor, garbage, garbage.count, off_t((page - 1) * 4096))
    guard count == garbage.count else { throw Fixture.FixtureError() }
  }
}
