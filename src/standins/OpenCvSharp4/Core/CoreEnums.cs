// Part of the OpenCvSharp4 stand-in: enumerations of opencv_core.
namespace OpenCvSharp;

public enum BorderTypes
{
    Constant = 0,
    Replicate = 1,
    Reflect = 2,
    Wrap = 3,
    Reflect101 = 4,
    Transparent = 5,
    Default = Reflect101,
    Isolated = 16,
}

[Flags]
public enum NormTypes
{
    INF = 1,
    L1 = 2,
    L2 = 4,
    L2SQR = 5,
    Hamming = 6,
    Hamming2 = 7,
    Relative = 8,
    MinMax = 32,
}

public enum CmpType
{
    EQ = 0,
    GT = 1,
    GE = 2,
    LT = 3,
    LE = 4,
    NE = 5,
}

public enum FlipMode
{
    X = 0,
    Y = 1,
    XY = -1,
}

public enum RotateFlags
{
    Rotate90Clockwise = 0,
    Rotate180 = 1,
    Rotate90Counterclockwise = 2,
}

public enum LogLevel
{
    SILENT = 0,
    FATAL = 1,
    ERROR = 2,
    WARNING = 3,
    INFO = 4,
    DEBUG = 5,
    VERBOSE = 6,
}

public enum ErrorCode
{
    StsOk = 0,
    StsBackTrace = -1,
    StsError = -2,
    StsInternal = -3,
    StsNoMem = -4,
    StsBadArg = -5,
    StsBadFunc = -6,
    StsNoConv = -7,
    StsAutoTrace = -8,
    HeaderIsNull = -9,
    BadImageSize = -10,
    BadOffset = -11,
    BadDataPtr = -12,
    BadStep = -13,
    BadModelOrChSeq = -14,
    BadNumChannels = -15,
    BadNumChannel1U = -16,
    BadDepth = -17,
    BadAlphaChannel = -18,
    BadOrder = -19,
    BadOrigin = -20,
    BadAlign = -21,
    BadCallBack = -22,
    BadTileSize = -23,
    BadCOI = -24,
    BadROISize = -25,
    MaskIsTiled = -26,
    StsNullPtr = -27,
    StsVecLengthErr = -28,
    StsFilterStructContentErr = -29,
    StsKernelStructContentErr = -30,
    StsFilterOffsetErr = -31,
    StsBadSize = -201,
    StsDivByZero = -202,
    StsInplaceNotSupported = -203,
    StsObjectNotFound = -204,
    StsUnmatchedFormats = -205,
    StsBadFlag = -206,
    StsBadPoint = -207,
    StsBadMask = -208,
    StsUnmatchedSizes = -209,
    StsUnsupportedFormat = -210,
    StsOutOfRange = -211,
    StsParseError = -212,
    StsNotImplemented = -213,
    StsBadMemBlock = -214,
    StsAssert = -215,
    GpuNotSupported = -216,
    GpuApiCallError = -217,
    OpenGlNotSupported = -218,
    OpenGlApiCallError = -219,
    OpenCLApiCallError = -220,
    OpenCLDoubleNotSupported = -221,
    OpenCLInitError = -222,
    OpenCLNoAMDBlasFft = -223,
}
