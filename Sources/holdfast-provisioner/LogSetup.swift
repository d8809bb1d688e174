import Logging
import Observability
import Provisioner

/// Sets up logging for the process.
enum LogSetup {
    /// Makes the configured format and level the process's own; gives the main logger.
    static func bootstrap(_ configuration: ServiceConfiguration) -> Logger {
        let level = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info
        let output = LogOutput.standardError()
        LoggingSystem.bootstrap { label in
            switch configuration.logFormat {
            case .json:
                return JSONLogHandler(label: label, level: level, output: output)
            case .text:
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            }
        }
        return Logger(label: "holdfast-provisioner")
    }
}
