// The detgen executable: the library call with the models that ship with the tool.
using Detection.Cli;

return DetGen.Run(args);
