;;; dockvet.el --- Lint Dockerfiles and Compose files with dockvet  -*- lexical-binding: t; -*-

;; Load this file from your init file. Eglot asks one server per buffer, so the mode of Compose files is left to you:
;; set `dockvet-with-yaml' before loading when dockvet may be the server of YAML buffers.

;;; Code:

(defvar dockvet-program "dockvet"
  "The program to start.")

(defvar dockvet-with-yaml nil
  "Whether YAML buffers have dockvet as their server too; it is silent about YAML that is no Compose file.")

(with-eval-after-load 'eglot
  (let ((contact (list dockvet-program "lsp")))
    (add-to-list 'eglot-server-programs (cons '(dockerfile-mode dockerfile-ts-mode) contact))
    (when dockvet-with-yaml
      (add-to-list 'eglot-server-programs (cons '(yaml-mode yaml-ts-mode) contact)))))

(dolist (hook '(dockerfile-mode-hook dockerfile-ts-mode-hook))
  (add-hook hook #'eglot-ensure))

(when dockvet-with-yaml
  (dolist (hook '(yaml-mode-hook yaml-ts-mode-hook))
    (add-hook hook #'eglot-ensure)))

(provide 'dockvet)
;;; dockvet.el ends here
