import Console
import Glibc
import Testing

@Suite struct TextStreamTests {
    @Test func aPipeIsNoTerminalAndTakesEverything() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let stream = TextStream.descriptor(ends[1])
        #expect(!stream.isTerminal)
        #expect(stream.columns == nil)
        try stream.write("grün\n")
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(ends[0], &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "grün\n")
    }

    @Test func aPseudoTerminalIsATerminalWithAWidth() throws {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(master >= 0)
        defer { close(master) }
        // TIOCSPTLCK and TIOCGPTN, macros that Swift does not import: unlock the terminal behind a master, and its number.
        var lock: Int32 = 0
        var number: UInt32 = 0
        try #require(ioctl(master, UInt(0x4004_5431), &lock) == 0)
        try #require(ioctl(master, UInt(0x8004_5430), &number) == 0)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        defer { close(terminal) }
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        let stream = TextStream.descriptor(terminal)
        #expect(stream.isTerminal)
        #expect(stream.columns == 80)
    }

    @Test func aFullDeviceIsAnErrorWithItsErrno() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        let error = #expect(throws: StreamError.self) { try TextStream.descriptor(full).write("x") }
        #expect(error?.errno == ENOSPC)
        #expect(error?.description == "cannot write the output: No space left on device")
    }
}
