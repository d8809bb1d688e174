import Glibc

/// What the kernel says about this process, under the names that Prometheus' own client libraries use.
struct ProcessStatistics: Equatable, Sendable {
    /// User and system time used so far, in seconds.
    var cpuSeconds: Double
    /// Resident memory, in bytes.
    var residentBytes: Double
    /// Address space, in bytes.
    var virtualBytes: Double
    /// When the process started, in seconds since 1970.
    var startTime: Double
    /// Open file descriptors.
    var openFiles: Double

    /// The numbers of this moment; nil where /proc is not mounted.
    static func current() -> ProcessStatistics? {
        guard let stat = contents(of: "/proc/self/stat"), let system = contents(of: "/proc/stat"),
            let openFiles = entries(in: "/proc/self/fd")
        else { return nil }
        let units = Units(
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))), pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
        return ProcessStatistics(stat: stat, system: system, openFiles: openFiles, units: units)
    }

    /// How the kernel counts.
    struct Units {
        var ticksPerSecond: Double
        var pageSize: Double
    }

    /// Reads the texts of /proc/self/stat and /proc/stat (proc_pid_stat(5), proc_stat(5)); nil when a field is missing.
    init?(stat: String, system: String, openFiles: Int, units: Units) {
        // The second field is the command's name in parentheses and may hold anything, so counting starts after it.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) }
        // Fields 14, 15, 22, 23 and 24 of the manual page, which counts from 1.
        guard fields.count > 21, let user = fields[11], let kernel = fields[12], let start = fields[19],
            let size = fields[20], let pages = fields[21],
            let boot = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })
                .flatMap({ Double($0.dropFirst("btime ".count)) })
        else { return nil }
        cpuSeconds = (user + kernel) / units.ticksPerSecond
        residentBytes = pages * units.pageSize
        virtualBytes = size
        startTime = boot + start / units.ticksPerSecond
        self.openFiles = Double(openFiles)
    }

    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    private static func entries(in path: String) -> Int? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // `.`, `..` and the descriptor that this very look has open.
        return max(0, count - 3)
    }
}

extension PrometheusText {
    /// Writes the process's metrics.
    mutating func append(_ process: ProcessStatistics) {
        append(
            name: "process_cpu_seconds_total", kind: .counter,
            help: "User and system CPU time used, in seconds.", value: process.cpuSeconds)
        append(
            name: "process_open_fds", kind: .gauge,
            help: "Number of open file descriptors.", value: process.openFiles)
        append(
            name: "process_resident_memory_bytes", kind: .gauge,
            help: "Resident memory size in bytes.", value: process.residentBytes)
        append(
            name: "process_start_time_seconds", kind: .gauge,
            help: "Start time of the process since the Unix epoch, in seconds.", value: process.startTime)
        append(
            name: "process_virtual_memory_bytes", kind: .gauge,
            help: "Virtual memory size in bytes.", value: process.virtualBytes)
    }
}
