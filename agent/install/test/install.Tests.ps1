# Pester 5: runs install.ps1 against a local release server on Windows (.github/workflows/release.yml).
# OWLRUN_TEST_SITE is a folder made by scripts/release.sh for OWLRUN_TEST_BASE, which serves it.
BeforeAll {
  $script:site = $env:OWLRUN_TEST_SITE
  $script:text = Get-Content -Raw (Join-Path $site 'install.ps1')
  $env:LOCALAPPDATA = Join-Path $TestDrive 'local'
  $env:USERPROFILE = Join-Path $TestDrive 'home'
  $null = New-Item -ItemType Directory -Force $env:LOCALAPPDATA, $env:USERPROFILE
  $script:conf = Join-Path $env:USERPROFILE '.owlrun\owlrun.conf'
  function Invoke-Installer([hashtable]$flags) {
    & ([scriptblock]::Create($text)) @flags
  }
}

Describe 'install.ps1' {
  It 'parses without an error' {
    $problems = $null
    $null = [Management.Automation.Language.Parser]::ParseInput($text, [ref]$null, [ref]$problems)
    $problems | Should -BeNullOrEmpty
  }

  It 'does nothing when it was cut off at any line' {
    $lines = $text -split "`n"
    for ($i = 1; $i -lt $lines.Length - 2; $i += 7) {
      try { & ([scriptblock]::Create(($lines[0..$i] -join "`n"))) } catch { $null = $_ }
    }
    Get-ChildItem -Recurse $env:LOCALAPPDATA, $env:USERPROFILE | Should -BeNullOrEmpty
  }

  It 'refuses a forged list and leaves nothing' {
    $folder = Join-Path $TestDrive 'forged'
    Copy-Item -Recurse (Get-ChildItem (Join-Path $site 'releases'))[0].FullName $folder
    Add-Content (Join-Path $folder 'SHA256SUMS') 'x'
    { Invoke-Installer @{ From = $folder; NoOllama = $true; NoService = $true; NoStart = $true } } |
      Should -Throw '*not genuine*'
    Test-Path (Join-Path $env:LOCALAPPDATA 'Owlrun\current') | Should -BeFalse
  }

  It 'installs with flags, keeps comments, writes no byte order mark' {
    Invoke-Installer @{ ApiKey = 'owlr_prov_0123456789abcdef'; Wallet = 'user@minibits.cash'
      Referral = 'owlr_ref_x1'; NoOllama = $true; NoService = $true; NoStart = $true }
    $settings = Get-Content -Raw $conf
    $settings | Should -Match 'api_key = owlr_prov_0123456789abcdef'
    $settings | Should -Match 'lightning_address = user@minibits.cash'
    [IO.File]::ReadAllBytes($conf)[0] | Should -Not -Be 0xEF
    & (Join-Path $env:LOCALAPPDATA 'Owlrun\current\bin\owlrun.cmd') --version | Should -Match '^owlrun '
  }

  It 'runs twice and changes nothing' {
    $before = Get-FileHash $conf
    Invoke-Installer @{ NoOllama = $true; NoService = $true; NoStart = $true } |
      Out-String | Should -Match 'already here'
    (Get-FileHash $conf).Hash | Should -Be $before.Hash
  }

  It 'registers a task that runs on battery and starts again' {
    Invoke-Installer @{ NoOllama = $true; NoStart = $true }
    $task = Get-ScheduledTask -TaskName Owlrun
    $task.Settings.DisallowStartIfOnBatteries | Should -BeFalse
    $task.Settings.RestartCount | Should -Be 999
  }

  It 'protects ecash from -Purge' {
    $folder = Join-Path $env:USERPROFILE '.owlrun\ecash'
    $null = New-Item -ItemType Directory -Force $folder
    Set-Content (Join-Path $folder '1.json') '{"state":"unspent"}'
    { Invoke-Installer @{ Uninstall = $true; Purge = $true } } | Should -Throw '*unspent ecash*'
    Remove-Item (Join-Path $folder '1.json')
  }

  It 'is removed without a trace' {
    Invoke-Installer @{ Uninstall = $true; Purge = $true }
    Get-ChildItem -Recurse $env:LOCALAPPDATA, $env:USERPROFILE | Should -BeNullOrEmpty
    Get-ScheduledTask -TaskName Owlrun -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
  }
}
