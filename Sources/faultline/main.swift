import CommandLine

FaultlineCommand.main()
