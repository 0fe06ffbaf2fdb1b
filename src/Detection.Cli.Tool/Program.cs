// The detgen tool: the library call with the models that ship with it.
return Detection.Cli.DetGen.Run(args);
