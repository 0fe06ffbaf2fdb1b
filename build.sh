#!/usr/bin/env bash
# Prepares, builds and tests the repository. `./build.sh --help` says how.
#
# Afterwards a plain `dotnet build` or `dotnet test`, or an IDE, does the same: the choice between real packages and
# stand-ins lies in .build/packages.props, which Directory.Build.props reads.
set -euo pipefail
readonly called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly solution=Detection.Gen.sln
readonly choice=.build/packages.props   # read by MSBuild
readonly record=.build/probe.txt        # why, and for which versions; read by this script
readonly results=artifacts/test-results
readonly demo_result=artifacts/demo/result.txt
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

configuration=Release
again=false
demo_data=
demo_model=
demo_seconds=
forced=${StandIns:-}
unset StandIns                          # MSBuild would read it too; here the file decides

usage() {
    cat <<'TEXT'
usage: ./build.sh [COMMAND] [OPTIONS] [-- ARGUMENTS]

commands
  prepare   choose real packages or stand-ins, install missing Debian packages
  build     prepare, then build the solution (the default)
  test      build, then run all tests; ARGUMENTS go to dotnet test; ends with "N passed, N failed"
  demo      build, render a data set, train a detector on it, evaluate it, write pictures and a report
  bench     prepare, then run the benchmarks; ARGUMENTS go to the benchmark program; docs/benchmarks.md says what each measures
  bench ssd300 | faster-rcnn-fpn | region-costs
            whole detectors beside torchvision's, and what a region costs
  bench generator [--cpu]
            the source generator over 1 to 1,000 specs: cold, after an edit of a spec, of a comment, of C#
  bench training --data DIR
            train beside a plain SSD made of torchvision's parts, on the same images for the same time; score both
  clean     remove build output and the remembered choice

options
  --configuration Release|Debug   default Release
  --again                         probe the feed again instead of remembering the last answer
  --data DIR                      demo: on this data set (VOC, COCO or YOLO) instead of a rendered one
  --model NAME                    demo: with this model instead of the one whose classes are the data's
  --seconds N                     demo: train so long (180, with --data 420); bench training: each side (120)
  --help

environment
  StandIns=true|false   decide instead of probing the feed
  Accelerator=cuda      with the real packages: TorchSharp-cuda-linux instead of TorchSharp-cpu
  LIBTORCH, OPENCV_DIR  with the stand-ins: another libtorch or OpenCV than Debian's
TEXT
}

say() { printf '[build.sh] %s\n' "$*"; }
complain() { printf '[build.sh] %s\n' "$*" >&2; }
die() { complain "$@"; exit 1; }

# timed NAME COMMAND...: runs a phase and says how long it took.
timed() {
    local name=$1 start=$SECONDS status=0
    shift
    "$@" || status=$?
    say "$name: $((SECONDS - start)) s"
    return "$status"
}

# ---------------------------------------------------------------- the .NET SDK

require_sdk() {
    local version
    version=$(dotnet --version 2>/dev/null) || version=
    if [[ -z $version || ${version%%.*} -lt 10 ]]; then
        complain "The .NET SDK 10 is needed${version:+; this is $version}. Ways to provide it:"
        complain "  - a package of your distribution: dotnet-sdk-10.0"
        complain "  - https://dot.net/v1/dotnet-install.sh with --channel 10.0, then its folder in PATH"
        exit 1
    fi
}

# ---------------------------------------------------------------- real packages or stand-ins

pinned() { sed -n "s/.*<PackageVersion Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props; }

probed_packages() {
    local torch=TorchSharp-cpu
    [[ ${Accelerator:-cpu} != cuda ]] || torch=TorchSharp-cuda-linux
    printf '%s\n' TorchSharp "$torch" Scriban Verify.Xunit OpenCvSharp4 OpenCvSharp4.official.runtime.linux-x64
}

# The packages with their versions, in one line: a changed pin makes the last answer void.
pins() {
    local package
    for package in $(probed_packages); do
        printf '%s %s, ' "$package" "$(pinned "$package")"
    done
}

recorded() { sed -n "s/^$1: //p" "$record" 2>/dev/null || true; }
chosen() { sed -n 's/.*<StandIns>\(.*\)<\/StandIns>.*/\1/p' "$choice" 2>/dev/null || true; }

# remember true|false REASON STATE; STATE: forced, probed (real packages not yet built with), settled, provisional
remember() {
    mkdir -p .build
    printf '<Project><PropertyGroup><StandIns>%s</StandIns></PropertyGroup></Project>\n' "$1" > "$choice.new"
    mv "$choice.new" "$choice"
    printf 'standins: %s\nreason: %s\nstate: %s\npins: %s\n' "$1" "$2" "$3" "$(pins)" > "$record"
}

explain() {
    local name='the real packages'
    [[ $(chosen) != true ]] || name='the stand-ins in src/standins'
    say "building on $name: $(recorded reason)"
}

# All or nothing, and outside the tree, so that nothing of the repository has a say.
probe() {
    local folder package version log=.build/probe.log status=0
    mkdir -p .build
    folder=$(mktemp -d)
    printf '<Project />\n' | tee "$folder/Directory.Build.props" "$folder/Directory.Build.targets" > "$folder/Directory.Packages.props"
    [[ ! -f nuget.config ]] || cp nuget.config "$folder/"
    {
        printf '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>\n'
        for package in $(probed_packages); do
            version=$(pinned "$package")
            [[ -n $version ]] || die "Directory.Packages.props pins no version of $package"
            printf '<PackageReference Include="%s" Version="[%s]" />\n' "$package" "$version"
        done
        printf '</ItemGroup></Project>\n'
    } > "$folder/Probe.csproj"
    say "asking the package feed for $(pins | sed 's/, $//')"
    dotnet restore "$folder/Probe.csproj" > "$log" 2>&1 || status=$?
    rm -rf "$folder"
    if [[ $status == 0 ]]; then
        remember false 'the feed has all of them' probed
    elif grep -q 'NU1301' "$log"; then
        remember true "the feed cannot be reached now, so the next run asks again ($log)" provisional
    else
        remember true "the feed lacks $(missing_from "$log") ($log)" settled
    fi
}

missing_from() {
    local names
    names=$(sed -n 's/.*error NU110[0-9]: Unable to find package \([A-Za-z0-9._-]*[A-Za-z0-9]\).*/\1/p' "$1" | sort -u | paste -sd, | sed 's/,/, /g')
    printf '%s' "${names:-a package that restoring them needs}"
}

choose() {
    if [[ -n $forced ]]; then
        remember "$forced" "StandIns=$forced was set; ./build.sh prepare --again asks the feed" forced
    elif [[ $again == true || -z $(chosen) || $(recorded state) == provisional ]]; then
        timed probe probe
    elif [[ -f $record && $(recorded state) != forced && $(recorded pins) != "$(pins)" ]]; then
        say 'the pinned versions have changed'
        timed probe probe
    elif [[ ! -f $record ]]; then
        remember "$(chosen)" "$choice said so" forced
    fi
    explain
}

# ---------------------------------------------------------------- Debian packages, for the stand-ins

has_opencv() {
    [[ -n ${OPENCV_DIR:-} || -e /usr/include/opencv4/opencv2/imgcodecs.hpp || -e /usr/local/include/opencv4/opencv2/imgcodecs.hpp ]] ||
        pkg-config --exists opencv4 2>/dev/null
}

has_libtorch() {
    [[ -n ${LIBTORCH:-} || -e /usr/include/torch/csrc/api/include/torch/torch.h || -e /usr/local/include/torch/csrc/api/include/torch/torch.h ]]
}

# Debian's reference BLAS is many times slower, and the pthread OpenBLAS fights with libtorch's OpenMP threads.
has_openblas() {
    [[ -n ${LIBTORCH:-} ]] || compgen -G '/usr/lib/*/openblas-openmp/libblas.so.3' > /dev/null
}

missing_packages() {
    command -v "${CXX:-g++}" > /dev/null || echo g++
    has_opencv || echo libopencv-dev
    has_libtorch || echo libtorch-dev
    has_openblas || echo libopenblas0-openmp
}

install_packages() {
    local missing root=()
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]})) || return 0
    say "missing for the stand-ins: ${missing[*]}"
    if [[ $(id -u) != 0 ]]; then
        root=(sudo)
        [[ -t 0 ]] || root=(sudo -n)
    fi
    if ! command -v apt-get > /dev/null || { ((${#root[@]})) && ! command -v sudo > /dev/null; }; then
        cannot_install "${missing[@]}"
    fi
    say "installing them: ${root[*]:+${root[*]} }apt-get install --no-install-recommends ${missing[*]}"
    apt "${root[@]}" install -y --no-install-recommends "${missing[@]}" > .build/apt.log 2>&1 ||
        { apt "${root[@]}" update && apt "${root[@]}" install -y --no-install-recommends "${missing[@]}"; } >> .build/apt.log 2>&1 ||
        { tail -n 5 .build/apt.log >&2; cannot_install "${missing[@]}"; }
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || cannot_install "${missing[@]}"
}

# apt [sudo [-n]] ARGUMENTS...
apt() {
    local root=()
    while [[ $1 == sudo || $1 == -n ]]; do
        root+=("$1")
        shift
    done
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

cannot_install() {
    complain "These could not be installed here: $*"
    complain "  on Debian 12 or later, as root: apt-get install --no-install-recommends $*"
    complain "  libtorch from elsewhere: LIBTORCH=<folder with include/ and lib/, or a pip 'torch' folder>"
    complain "  OpenCV 4 from elsewhere: OPENCV_DIR=<its prefix>; another compiler: CXX=<command>"
    complain "  or a package feed with the real packages: ./build.sh prepare --again"
    exit 1
}

prepare() {
    require_sdk
    choose
    if [[ $(chosen) == true ]]; then
        install_packages
    fi
}

# ---------------------------------------------------------------- build, test, bench

compile() { dotnet build "$solution" --configuration "$configuration" -nologo -v quiet -clp:NoSummary "$@"; }

build() {
    local log=.build/real-packages-build.log
    if [[ $(recorded state) != probed ]]; then
        timed build compile
        return
    fi

    # The feed has the real packages, and nothing has been built with them yet.
    if timed 'build with the real packages' compile > "$log" 2>&1; then
        remember false "$(recorded reason), and the solution builds with them" settled
        return
    fi
    complain '################################################################'
    complain "THE REAL PACKAGES RESTORE, BUT THE SOLUTION DOES NOT BUILD WITH THEM ($log):"
    grep -E 'error|warning' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
    complain 'going on with the stand-ins'
    complain '################################################################'
    local reason
    reason=$(recorded reason)
    remember true "the solution does not build with the real packages ($log)" settled
    install_packages
    if ! timed 'build with the stand-ins' compile; then
        remember false "$reason" probed
        die 'The solution builds with neither, so the fault is not in the packages.'
    fi
    explain
}

# The sum over all projects' results: "passed failed skipped".
sum_results() {
    find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + 2>/dev/null | awk '
        function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
        { passed += count("passed"); executed += count("executed"); total += count("total") }
        END { print passed + 0, executed - passed, total - executed }'
}

run_tests() {
    # Two projects at a time: much of each is the work of one thread. Threads of libtorch that wait must not spin beside the other's.
    OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} dotnet test "$solution" --configuration "$configuration" --no-build -nologo -m:2 \
        --results-directory "$results" --logger 'trx;LogFilePrefix=tests' --blame-hang-timeout 10min --blame-hang-dump-type none "$@"
}

test_all() {
    local status=0 passed failed skipped
    rm -rf "$results"
    timed test run_tests "$@" || status=$?
    read -r passed failed skipped < <(sum_results)
    if ((passed + failed == 0)); then
        complain 'no test ran'
        status=1
    elif ((status != 0 && failed == 0)); then
        complain 'a test run ended before its time; it counts as one failure'
        failed=1
    fi
    if ((failed > 0)); then
        status=1
    fi
    if ((skipped > 0)); then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    return "$status"
}

# Trains, evaluates and draws: on a data set that detgen renders itself, or on the one that --data names.
# Runs under timed, where a failing command ends nothing: each says what follows.
demo() {
    if [[ -n $demo_data ]]; then
        train_and_evaluate "$demo_data" "artifacts/demo/$(basename "$demo_data")" "${demo_seconds:-420}"
        return
    fi
    rm -rf artifacts/demo/data
    ./detgen render --out artifacts/demo/data --images 800 &&
        train_and_evaluate artifacts/demo/data artifacts/demo/run "${demo_seconds:-180}" &&
        detect_faces
}

# train_and_evaluate DATA FOLDER SECONDS
train_and_evaluate() {
    local data=$1 out=$2 seconds=$3 model=$demo_model
    if [[ -z $model ]]; then
        model=$(./detgen list --data "$data" --json | sed -n 's/^ *"name": "\(.*\)",*$/\1/p') || return
        model=${model%%$'\n'*}
    fi
    rm -rf "$out"
    ./detgen train "$model" --data "$data" --out "$out" --seconds "$seconds" || return
    ./detgen eval "$model" --weights "$out/best.safetensors" --data "$data" | tee "$out/evaluation.txt" || return
    tail -n 1 "$out/evaluation.txt" > "$demo_result"
    say "pictures: $out/pictures, report: $out/report.html"
}

# Faces in real photos, by weights that others trained. Both lie beside the repository, where they are.
detect_faces() {
    local photos=../shared/data/photos weights=../shared/weights/ultraface_slim_320/version-slim-320.safetensors out=artifacts/demo/faces
    [[ -d $photos && -f $weights ]] || return 0
    ./detgen predict ultraface-slim-320 --weights "$weights" --out "$out" "$photos"/*.{png,jpg}
    say "the photos with the faces found are in $out"
}

bench() {
    # The thread settings of a shell are no part of what is measured.
    local variable
    while read -r variable; do
        unset "$variable"
    done < <(compgen -e | grep '^OPENBLAS_' || true)
    if [[ ${1:-} == generator ]]; then
        dotnet run --configuration Release --project tests/benchmarks/generator -- "${@:2}"
        return
    fi
    dotnet run --configuration Release --project tests/benchmarks -- "$@"
}

clean() {
    rm -rf artifacts .build
    say "removed artifacts/ and .build/ (native libraries stay in ${XDG_CACHE_HOME:-$HOME/.cache}/detection-gen)"
}

# ---------------------------------------------------------------- command line

command=
arguments=()
while (($#)); do
    case $1 in
        prepare | build | test | demo | bench | clean)
            [[ -z $command ]] || { complain "two commands: $command and $1"; exit 2; }
            command=$1
            ;;
        --configuration)
            configuration=${2:-}
            shift
            ;;
        --configuration=*) configuration=${1#*=} ;;
        --again) again=true ;;
        --data | --model | --seconds)
            [[ -n ${2:-} ]] || { complain "$1 needs a value"; exit 2; }
            printf -v "demo_${1#--}" '%s' "$2"
            shift
            ;;
        --help | -h) usage; exit 0 ;;
        --) shift; arguments=("$@"); break ;;
        binding | vgg16 | ssd-step | scores | regions | ssd300 | faster-rcnn-fpn | region-costs | training | training-memory)
            [[ $command == bench ]] || { complain "unknown: $1"; usage >&2; exit 2; }
            arguments+=("$1")
            ;;
        *) complain "unknown: $1"; usage >&2; exit 2 ;;
    esac
    (($# == 0)) || shift
done
[[ -z $forced || $forced == true || $forced == false ]] || { complain "StandIns is true or false, not '$forced'"; exit 2; }
[[ $configuration == Release || $configuration == Debug ]] || { complain "--configuration is Release or Debug, not '$configuration'"; exit 2; }

if [[ -n $demo_data$demo_model$demo_seconds && $command != demo && ${arguments[0]:-} != training ]]; then
    complain '--data, --model and --seconds belong to demo and bench training'
    exit 2
fi
# Relative to where the command was given.
if [[ -n $demo_data && $demo_data != /* && $called_from != "$PWD" ]]; then
    demo_data=$called_from/$demo_data
fi
if [[ -n $demo_data && ! -d $demo_data ]]; then
    complain "--data $demo_data: there is no such folder"
    exit 2
fi

if [[ $command == bench && ${arguments[0]:-} == training ]]; then
    arguments+=(${demo_data:+--data "$demo_data"} ${demo_model:+--model "$demo_model"} ${demo_seconds:+--seconds "$demo_seconds"})
fi

case ${command:-build} in
    prepare) timed prepare prepare ;;
    build) timed prepare prepare; build ;;
    test)
        timed prepare prepare
        build || { echo '0 passed, 0 failed'; exit 1; }
        test_all ${arguments[@]+"${arguments[@]}"}
        ;;
    demo)
        timed prepare prepare
        build
        rm -f "$demo_result"
        timed demo demo
        cat "$demo_result"
        ;;
    bench) timed prepare prepare; bench ${arguments[@]+"${arguments[@]}"} ;;
    clean) clean ;;
esac
