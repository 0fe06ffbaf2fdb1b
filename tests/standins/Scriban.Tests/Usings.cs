// xunit in every file.
global using Xunit;
