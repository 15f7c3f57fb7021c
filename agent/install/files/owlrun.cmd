@echo off
rem The command owlrun on Windows; upgrade, rollback and uninstall are flags of install.ps1.
set "IMAGE=%~dp0.."
if exist "%IMAGE%\lib\owlrun.aot" (
  "%IMAGE%\bin\java.exe" "-XX:AOTCache=%IMAGE%\lib\owlrun.aot" "-Xlog:aot*=off" -m me.owlrun.agent/me.owlrun.agent.Main %*
) else (
  "%IMAGE%\bin\java.exe" -m me.owlrun.agent/me.owlrun.agent.Main %*
)
