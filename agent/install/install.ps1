# Installs the Owlrun node on Windows 10 and later, PowerShell 5.1 or 7:
#
#   irm @BASE@/install.ps1 | iex
#   & ([scriptblock]::Create((irm @BASE@/install.ps1))) -ApiKey owlr_prov_... -Wallet you@minibits.cash
#
# After a plain "| iex" PowerShell passes no flags; use the second form or the variables OWLRUN_KEY,
# OWLRUN_WALLET, OWLRUN_REFERRAL, OWLRUN_GATEWAY, OWLRUN_VERSION, OWLRUN_FROM. Everything stands in one
# function called on the last line, so that a download that was cut off does nothing. As it lies in
# the repository it installs nothing: scripts/release.sh fills in version and key. docs/install.md.
param(
  [string]$ApiKey, [string]$Wallet, [string]$Referral, [string]$Gateway, [string]$Version,
  [string]$From, [switch]$Headless, [switch]$NoOllama, [switch]$NoService, [switch]$NoStart,
  [switch]$Uninstall, [switch]$Purge, [switch]$ForceLoseEcash, [switch]$Rollback, [switch]$DryRun
)

function Install-Owlrun {
  [CmdletBinding(SupportsShouldProcess = $true)]
  param(
    [string]$ApiKey, [string]$Wallet, [string]$Referral, [string]$Gateway, [string]$Version,
    [string]$From, [switch]$Headless, [switch]$NoOllama, [switch]$NoService, [switch]$NoStart,
    [switch]$Uninstall, [switch]$Purge, [switch]$ForceLoseEcash, [switch]$Rollback, [switch]$DryRun
  )
  Set-StrictMode -Version 2
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'

  $bakedVersion = '@VERSION@'
  $bakedHashes = '@HASHES@'
  $modulusHex = '@MODULUS@'
  $base = '@BASE@'
  $taskName = 'Owlrun'
  $ollamaSetup = 'https://ollama.com/download/OllamaSetup.exe'
  $diskMbMin = 300
  $modelGbMin = 8
  if ($env:OWLRUN_DOWNLOAD_BASE) { $base = $env:OWLRUN_DOWNLOAD_BASE.TrimEnd('/') }
  $root = Join-Path $env:LOCALAPPDATA 'Owlrun'
  $state = Join-Path $env:USERPROFILE '.owlrun'
  $conf = Join-Path $state 'owlrun.conf'
  $current = Join-Path $root 'current'
  $previousFile = Join-Path $root 'previous.txt'

  function Get-Choice([string]$given, [string]$variable) {
    if ($given) { return $given }
    return [string][Environment]::GetEnvironmentVariable($variable)
  }

  function Assert-Form([string]$text, [string]$form, [string]$words) {
    if ($text -and $text -cnotmatch "\A(?:$form)\z") { throw "owlrun: $words" }
  }

  function Get-File([string]$name, [string]$target, [string]$folder) {
    if ($folder) {
      Copy-Item -LiteralPath (Join-Path $folder ($name -replace '^.*/', '')) -Destination $target
      return
    }
    $url = "$base/$name"
    if ($url -notmatch '^https://' -and $url -notmatch '^http://(127\.0\.0\.1|localhost)[:/]') {
      throw "owlrun: $url is not https; only a server on this machine may be http."
    }
    Invoke-WebRequest -UseBasicParsing -Uri $url -OutFile $target
  }

  # RSA with SHA-256 and PKCS#1 padding: what .NET Framework of PowerShell 5.1 can verify.
  function Test-Signature([string]$file) {
    $modulus = New-Object byte[] ($modulusHex.Length / 2)
    for ($i = 0; $i -lt $modulus.Length; $i++) {
      $modulus[$i] = [Convert]::ToByte($modulusHex.Substring(2 * $i, 2), 16)
    }
    $public = New-Object System.Security.Cryptography.RSAParameters
    $public.Modulus = $modulus
    $public.Exponent = [byte[]](1, 0, 1)
    $rsa = New-Object System.Security.Cryptography.RSACryptoServiceProvider
    try {
      $rsa.ImportParameters($public)
      return $rsa.VerifyData([IO.File]::ReadAllBytes($file), 'SHA256', [IO.File]::ReadAllBytes("$file.sig"))
    } catch [System.Security.Cryptography.CryptographicException] {
      return $false
    } finally {
      $rsa.Dispose()
    }
  }

  function Get-IniValue([string]$section, [string]$name) {
    if (-not (Test-Path -LiteralPath $conf)) { return '' }
    $inside = $false
    $found = ''
    foreach ($line in [IO.File]::ReadAllLines($conf)) {
      $bare = $line.Trim()
      if ($bare.StartsWith('[')) { $inside = ($bare -eq "[$section]"); continue }
      if ($inside -and $bare -match '^([^#;=]+?)\s*=\s*(.*?)(\s+[#;].*)?$' -and $Matches[1] -eq $name) {
        $found = $Matches[2]
      }
    }
    return $found
  }

  # Changes or adds one key; comments and everything else stay. UTF-8 without a mark.
  function Set-IniValue([string]$section, [string]$name, [string]$value) {
    $lines = New-Object System.Collections.Generic.List[string]
    if (Test-Path -LiteralPath $conf) { $lines.AddRange([IO.File]::ReadAllLines($conf)) }
    $inside = $false
    $header = -1
    $done = $false
    for ($i = 0; $i -lt $lines.Count; $i++) {
      $bare = $lines[$i].Trim()
      if ($bare.StartsWith('[')) {
        $inside = ($bare -eq "[$section]")
        if ($inside -and $header -lt 0) { $header = $i }
      } elseif ($inside -and $bare -match '^([^#;=]+?)\s*=.*?(\s+[#;].*)?$' -and $Matches[1] -eq $name) {
        $comment = ''
        if ($Matches.ContainsKey(2)) { $comment = $Matches[2] }
        $lines[$i] = "$name = $value$comment"
        $done = $true
      }
    }
    if (-not $done) {
      if ($header -lt 0) { $lines.Add("[$section]"); $header = $lines.Count - 1 }
      $lines.Insert($header + 1, "$name = $value")
    }
    $new = "$conf.new"
    [IO.File]::WriteAllText($new, (($lines -join "`r`n") + "`r`n"), (New-Object Text.UTF8Encoding $false))
    Move-Item -LiteralPath $new -Destination $conf -Force
  }

  function New-ProviderKey {
    $bytes = New-Object byte[] 24
    $source = [Security.Cryptography.RandomNumberGenerator]::Create()
    $source.GetBytes($bytes)
    $source.Dispose()
    return 'owlr_prov_' + (-join ($bytes | ForEach-Object { $_.ToString('x2') }))
  }

  # Only this user: the file holds the key that earns.
  function Protect-Folder([string]$folder) {
    $null = & icacls $folder /inheritance:r /grant:r "${env:USERNAME}:(OI)(CI)F" 2>&1
  }

  # The registry has 64 bits for it; WMI stops at 4 GB.
  function Get-GpuText {
    $class = 'HKLM:\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}'
    $best = ''
    $most = [uint64]0
    foreach ($key in @(Get-ChildItem $class -ErrorAction SilentlyContinue)) {
      $card = Get-ItemProperty $key.PSPath -ErrorAction SilentlyContinue
      if ($card -and $card.PSObject.Properties['HardwareInformation.qwMemorySize']) {
        $size = [uint64]$card.'HardwareInformation.qwMemorySize'
        if ($size -gt $most) {
          $most = $size
          $best = '{0}, {1} MiB' -f $card.DriverDesc, [math]::Floor($size / 1MB)
        }
      }
    }
    if ($best) { return $best }
    return 'none found; small models run on the processor'
  }

  function Stop-Node {
    Stop-ScheduledTask -TaskName $taskName -ErrorAction SilentlyContinue
    Get-Process -Name 'java', 'javaw' -ErrorAction SilentlyContinue |
      Where-Object { $_.Path -and $_.Path.StartsWith($root, [StringComparison]::OrdinalIgnoreCase) } |
      Stop-Process -Force
  }

  # A junction needs no rights, unlike a symbolic link.
  function Set-Current([string]$target) {
    if (Test-Path -LiteralPath $current) { [IO.Directory]::Delete($current) }
    $null = New-Item -ItemType Junction -Path $current -Target (Join-Path $root "versions\$target")
    [IO.File]::WriteAllText((Join-Path $root 'current.txt'), $target)
  }

  function Get-CurrentVersion {
    $file = Join-Path $root 'current.txt'
    if (Test-Path -LiteralPath $file) { return [IO.File]::ReadAllText($file).Trim() }
    return ''
  }

  function Get-JavaArguments([string]$image) {
    $words = @()
    $cache = Join-Path $image 'lib\owlrun.aot'
    if (Test-Path -LiteralPath $cache) { $words += "`"-XX:AOTCache=$cache`""; $words += '-Xlog:aot*=off' }
    return $words + @('-m', 'me.owlrun.agent/me.owlrun.agent.Main')
  }

  # javaw directly: a command file would open a console window.
  function Register-Node([bool]$asService) {
    $words = (Get-JavaArguments $current) -join ' '
    if ($asService) { $words += ' --headless' }
    $action = New-ScheduledTaskAction -Execute (Join-Path $current 'bin\javaw.exe') -Argument $words
    $limits = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
      -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
      -ExecutionTimeLimit ([TimeSpan]::Zero) -MultipleInstances IgnoreNew
    $me = [Security.Principal.WindowsIdentity]::GetCurrent().Name
    if ($asService) {
      $when = New-ScheduledTaskTrigger -AtStartup
      $who = New-ScheduledTaskPrincipal -UserId $me -LogonType S4U -RunLevel Limited
    } else {
      $when = New-ScheduledTaskTrigger -AtLogOn -User $me
      $who = New-ScheduledTaskPrincipal -UserId $me -LogonType Interactive -RunLevel Limited
    }
    $null = Register-ScheduledTask -TaskName $taskName -Action $action -Trigger $when `
      -Settings $limits -Principal $who -Force
  }

  function Test-Health([int]$seconds) {
    $port = Get-IniValue 'dashboard' 'port'
    if (-not $port) { $port = '19131' }
    $deadline = [DateTime]::UtcNow.AddSeconds($seconds)
    do {
      try {
        $null = Invoke-WebRequest -UseBasicParsing -TimeoutSec 3 -Uri "http://127.0.0.1:$port/healthz"
        return $true
      } catch {
        Start-Sleep -Seconds 1
      }
    } while ([DateTime]::UtcNow -lt $deadline)
    return $false
  }

  function Start-Node {
    if (Get-ScheduledTask -TaskName $taskName -ErrorAction SilentlyContinue) {
      Start-ScheduledTask -TaskName $taskName
    } else {
      $null = Start-Process -FilePath (Join-Path $current 'bin\javaw.exe') -PassThru `
        -ArgumentList (Get-JavaArguments $current)
    }
    return (Test-Health 30)
  }

  # Its maker's signature is checked; waiting for the installer only, not for the program it starts.
  function Install-Ollama([string]$work) {
    if ((Get-Command ollama -ErrorAction SilentlyContinue) -or
      (Test-Path (Join-Path $env:LOCALAPPDATA 'Programs\Ollama\ollama.exe'))) { return $true }
    try {
      $setup = Join-Path $work 'OllamaSetup.exe'
      Invoke-WebRequest -UseBasicParsing -Uri $ollamaSetup -OutFile $setup
      $signed = Get-AuthenticodeSignature -LiteralPath $setup
      if ($signed.Status -ne 'Valid' -or $signed.SignerCertificate.Subject -notmatch '(^|, )O="?Ollama,? Inc\.?"?(,|$)') {
        throw 'the signature of OllamaSetup.exe is not by Ollama Inc.'
      }
      $run = Start-Process -FilePath $setup -PassThru `
        -ArgumentList '/VERYSILENT', '/NORESTART', '/SUPPRESSMSGBOXES'
      $run.WaitForExit()
      return $run.ExitCode -eq 0
    } catch {
      Write-Warning "Ollama was not installed: $($_.Exception.Message)"
      return $false
    }
  }

  # Files that are not marked as spent; unreadable ones count as money.
  function Get-UnspentEcash {
    $folder = Join-Path $state 'ecash'
    if (-not (Test-Path -LiteralPath $folder)) { return @() }
    return @(Get-ChildItem -LiteralPath $folder -Recurse -File | Where-Object {
        $_.Name -notlike '*.spent' -and $_.Directory.Name -ne 'spent' -and
        [IO.File]::ReadAllText($_.FullName) -notmatch '"state"\s*:\s*"spent"'
      })
  }

  function Remove-Owlrun {
    if ($Purge -and -not $ForceLoseEcash -and @(Get-UnspentEcash).Count -gt 0) {
      throw "owlrun: There is unspent ecash in $state\ecash; withdraw it first. Nothing was removed."
    }
    if ($DryRun) { Write-Output "Would remove $root and its task."; return }
    Stop-Node
    Unregister-ScheduledTask -TaskName $taskName -Confirm:$false -ErrorAction SilentlyContinue
    Remove-Item 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\Owlrun' -ErrorAction SilentlyContinue
    if (Test-Path -LiteralPath $current) { [IO.Directory]::Delete($current) }
    if (Test-Path -LiteralPath $root) { Remove-Item -LiteralPath $root -Recurse -Force }
    if ($Purge -and (Test-Path -LiteralPath $state)) { Remove-Item -LiteralPath $state -Recurse -Force }
    Write-Output "Owlrun is removed. Without -Purge its settings and ecash stay in $state."
  }

  function Restore-Owlrun {
    if (-not (Test-Path -LiteralPath $previousFile)) { throw 'owlrun: there is no version to go back to.' }
    $old = [IO.File]::ReadAllText($previousFile).Trim()
    $now = Get-CurrentVersion
    Stop-Node
    Set-Current $old
    [IO.File]::WriteAllText($previousFile, $now)
    if (-not (Start-Node)) { throw "owlrun: version $old does not answer." }
    Write-Output "Version $old is back."
  }

  function Add-UninstallEntry([string]$number) {
    $entry = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\Owlrun'
    $null = New-Item -Path $entry -Force
    $command = "powershell -NoProfile -ExecutionPolicy Bypass -File `"$root\install.ps1`" -Uninstall"
    Set-ItemProperty $entry -Name DisplayName -Value 'Owlrun node'
    Set-ItemProperty $entry -Name DisplayVersion -Value $number
    Set-ItemProperty $entry -Name UninstallString -Value $command
    Set-ItemProperty $entry -Name InstallLocation -Value $root
  }

  # Verified, unpacked, tried and trained before anything points to it.
  function Install-Image([string]$number, [string]$work, [string]$folder) {
    $archive = "owlrun-$number-windows-x64.zip" # runs on arm64 by emulation, too
    $sums = Join-Path $work 'SHA256SUMS'
    Get-File "releases/$number/SHA256SUMS" $sums $folder
    Get-File "releases/$number/SHA256SUMS.sig" "$sums.sig" $folder
    if (-not (Test-Signature $sums)) {
      throw 'owlrun: the signature of SHA256SUMS is not genuine. Nothing was installed.'
    }
    $hashes = @{}
    foreach ($line in [IO.File]::ReadAllLines($sums)) {
      if ($line -match '^([0-9a-f]{64})  (\S+)$') { $hashes[$Matches[2]] = $Matches[1] }
    }
    if (-not $hashes.ContainsKey($archive)) { throw "owlrun: version $number has no build for Windows." }
    if ($bakedHashes -match "(?m)^$([regex]::Escape($archive)) (\S+)" -and $Matches[1] -ne $hashes[$archive]) {
      throw 'owlrun: the list of this version is not the one this installer was made for.'
    }
    $image = Join-Path $root "versions\$number"
    $mark = Join-Path $image '.sha256'
    if ((Test-Path -LiteralPath $mark) -and [IO.File]::ReadAllText($mark).Trim() -eq $hashes[$archive]) {
      Write-Output "Version $number is already here."
      return
    }
    $zip = Join-Path $work $archive
    Get-File "releases/$number/$archive" $zip $folder
    if ((Get-FileHash -LiteralPath $zip -Algorithm SHA256).Hash -ne $hashes[$archive]) {
      throw 'owlrun: the download does not match its checksum. Nothing was installed.'
    }
    Get-File "releases/$number/install.ps1" (Join-Path $work 'install.ps1') $folder
    if ((Get-FileHash -LiteralPath (Join-Path $work 'install.ps1') -Algorithm SHA256).Hash -ne $hashes['install.ps1']) {
      throw 'owlrun: the installer''s copy does not match its checksum.'
    }
    $fresh = "$image.new"
    if (Test-Path -LiteralPath $fresh) { Remove-Item -LiteralPath $fresh -Recurse -Force }
    $null = New-Item -ItemType Directory -Force -Path $fresh
    Expand-Archive -LiteralPath $zip -DestinationPath $fresh
    if ((Get-CurrentVersion) -eq $number) { Stop-Node }
    if (Test-Path -LiteralPath $image) { Remove-Item -LiteralPath $image -Recurse -Force }
    Move-Item -LiteralPath $fresh -Destination $image
    $java = Join-Path $image 'bin\java.exe'
    $null = & $java "-XX:AOTCacheOutput=$image\lib\owlrun.aot" '-Xlog:aot*=off' -m me.owlrun.agent/me.owlrun.agent.Main --selfcheck 2>&1
    if ($LASTEXITCODE -ne 0) {
      Remove-Item -LiteralPath $image -Recurse -Force
      throw 'owlrun: this build does not run on this machine.'
    }
    Copy-Item -LiteralPath (Join-Path $work 'install.ps1') -Destination (Join-Path $root 'install.ps1') -Force
    [IO.File]::WriteAllText($mark, $hashes[$archive])
  }

  function Write-Config([string]$key, [string]$address, [string]$code, [string]$url) {
    if (-not (Test-Path -LiteralPath $state)) { $null = New-Item -ItemType Directory -Path $state }
    Protect-Folder $state
    if ($key) { Set-IniValue 'account' 'api_key' $key }
    elseif (-not (Get-IniValue 'account' 'api_key')) { Set-IniValue 'account' 'api_key' (New-ProviderKey) }
    if ($address) { Set-IniValue 'account' 'lightning_address' $address }
    if ($code) { Set-IniValue 'account' 'referral_code' $code }
    if ($url) { Set-IniValue 'marketplace' 'gateway' $url }
  }

  function Assert-Disk {
    $free = (New-Object IO.DriveInfo ([IO.Path]::GetPathRoot($root))).AvailableFreeSpace
    if ($free -lt $diskMbMin * 1MB -or (-not $NoOllama -and $free -lt $modelGbMin * 1GB)) {
      throw "owlrun: the disk has $([math]::Floor($free / 1MB)) MB free; models need $modelGbMin GB."
    }
  }

  if ($bakedVersion.StartsWith('@')) { throw 'owlrun: this is the template; scripts/release.sh makes the installer from it.' }
  if ($Uninstall) { Remove-Owlrun; return }
  if ($Rollback) { Restore-Owlrun; return }
  $useKey = Get-Choice $ApiKey 'OWLRUN_KEY'
  $useWallet = Get-Choice $Wallet 'OWLRUN_WALLET'
  $useReferral = Get-Choice $Referral 'OWLRUN_REFERRAL'
  $useGateway = Get-Choice $Gateway 'OWLRUN_GATEWAY'
  $useVersion = Get-Choice $Version 'OWLRUN_VERSION'
  $useFrom = Get-Choice $From 'OWLRUN_FROM'
  if (-not $useVersion) { $useVersion = $bakedVersion }
  Assert-Form $useKey 'owlr_prov_[A-Za-z0-9_-]{8,128}' '-ApiKey is a provider key, owlr_prov_...'
  Assert-Form $useWallet '[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?' '-Wallet is a Lightning address'
  Assert-Form $useReferral '[A-Za-z0-9_-]{1,64}' '-Referral has letters, digits, _ and -'
  Assert-Form $useGateway 'https?://[A-Za-z0-9.:_/-]{1,200}' '-Gateway is an address such as https://node.owlrun.me'
  Assert-Form $useVersion '[0-9]+(\.[0-9]+){1,3}([.-][A-Za-z0-9]{1,20})?' '-Version is like 0.1.0'
  if (-not [Environment]::Is64BitOperatingSystem) { throw 'owlrun: a 64-bit Windows is needed.' }
  Assert-Disk
  Write-Output "Owlrun $useVersion for Windows"
  Write-Output "  files     $root"
  Write-Output "  settings  $conf"
  Write-Output "  GPU       $(Get-GpuText)"
  if ($DryRun -or -not $PSCmdlet.ShouldProcess($root, "install Owlrun $useVersion")) {
    Write-Output 'This was a dry run; nothing was changed.'
    return
  }

  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  if ([Net.WebRequest]::DefaultWebProxy) {
    [Net.WebRequest]::DefaultWebProxy.Credentials = [Net.CredentialCache]::DefaultNetworkCredentials
  }
  $scratch = Join-Path ([IO.Path]::GetTempPath()) ('owlrun-' + [Guid]::NewGuid().ToString('N'))
  $null = New-Item -ItemType Directory -Path $scratch
  try {
    $before = Get-CurrentVersion
    Install-Image $useVersion $scratch $useFrom
    Write-Config $useKey $useWallet $useReferral $useGateway
    $hasOllama = $NoOllama -or (Install-Ollama $scratch)
    if ($before -ne $useVersion) {
      Stop-Node
      Set-Current $useVersion
      if ($before) { [IO.File]::WriteAllText($previousFile, $before) }
    }
    if (-not $NoService) { Register-Node ([bool]$Headless) }
    Add-UninstallEntry $useVersion
    if (-not $NoStart -and -not (Start-Node)) {
      if ($before -and $before -ne $useVersion) {
        Stop-Node
        Set-Current $before
        $null = Start-Node
        throw "owlrun: version $useVersion does not start here; $before is back."
      }
      throw 'owlrun: it was installed but does not answer.'
    }
    $shown = (Get-IniValue 'account' 'api_key').Substring(0, 14)
    Write-Output "Owlrun $useVersion is installed; its page is http://127.0.0.1:19131, its key $shown..."
    if (-not $hasOllama) { Write-Warning 'Owlrun waits for Ollama; install it from https://ollama.com.' }
  } finally {
    Remove-Item -LiteralPath $scratch -Recurse -Force -ErrorAction SilentlyContinue
  }
}

Install-Owlrun @PSBoundParameters
